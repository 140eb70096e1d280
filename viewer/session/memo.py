"""Remembered answers, kept with the data set they are about, so that they go when it goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from viewer.store.dataset import DataSet

P = ParamSpec("P")
R = TypeVar("R")


def remembered(limit: int) -> Callable[[Callable[Concatenate[DataSet, P], R]], Callable[Concatenate[DataSet, P], R]]:
    """Keep the `limit` answers of a function that were asked for last, for each data set on its own.

    The first argument is the data set, the others are hashable.
    """

    def keeping(function: Callable[Concatenate[DataSet, P], R]) -> Callable[Concatenate[DataSet, P], R]:
        @wraps(function)
        def answered(data: DataSet, /, *args: P.args, **named: P.kwargs) -> R:
            answers: dict[Any, R] = data.memo.setdefault(function, {})
            question = (args, tuple(sorted(named.items())))
            answer = answers.pop(question) if question in answers else function(data, *args, **named)
            if len(answers) >= limit:
                del answers[next(iter(answers))]
            answers[question] = answer
            return answer

        return answered

    return keeping
