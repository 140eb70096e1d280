"""Remembered answers, kept with the data set they are about, so that they go when it goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from viewer.store.dataset import DataSet

P = ParamSpec("P")
R = TypeVar("R")
_NONE_YET: Any = object()
FEW = 64
MANY = 65_536
"""A limit for answers about single towns: where fewer were kept than one day asks for, each day would work all anew."""


def remembered(limit: int) -> Callable[[Callable[Concatenate[DataSet, P], R]], Callable[Concatenate[DataSet, P], R]]:
    """Keep the `limit` answers of a function that were asked for last, for each data set on its own.

    Of more than FEW those that were given last: putting them in order at each question would cost more than it saves.
    The first argument is the data set, the others are hashable. Two threads may ask at once: then both work.
    """

    def keeping(function: Callable[Concatenate[DataSet, P], R]) -> Callable[Concatenate[DataSet, P], R]:
        @wraps(function)
        def answered(data: DataSet, /, *args: P.args, **named: P.kwargs) -> R:
            answers: dict[Any, R] = data.memo.setdefault(function, {})
            question: Any = (args, tuple(sorted(named.items()))) if named else args
            answer: R = answers.get(question, _NONE_YET)
            known = answer is not _NONE_YET
            if known and limit > FEW:
                return answer
            if not known:
                answer = function(data, *args, **named)
            with suppress(KeyError, RuntimeError, StopIteration):  # the thread that paints may be here too
                if known:
                    del answers[question]
                elif len(answers) >= limit:
                    del answers[next(iter(answers))]
            answers[question] = answer
            return answer

        return answered

    return keeping


def is_remembered(function: Callable[..., Any], data: DataSet, *args: Any) -> bool:
    """Whether a function made by `remembered` would answer without working."""
    return args in data.memo.get(function.__wrapped__, {})  # type: ignore[attr-defined]
