"""What gets installed is decided in the locks alone: every package pinned, hashed, and without an address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
LOCKS = {"requirements.in": "requirements.lock", "requirements-dev.in": "requirements-dev.lock"}
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[\w.]+)")
LOCKED = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: ; (?P<marker>[^\\]+?))?"
    r"(?P<hashes>(?: \\\n +--hash=sha256:[0-9a-f]{64})+)"
)
ADDRESS = re.compile(r"://|\s@\s|--(?:index-url|extra-index-url|find-links|trusted-host)")
# Files that set the program up: an address in one of them would decide for the user where packages come from.
SET_UP = ("Makefile", "pyproject.toml", ".ci/run", ".pre-commit-config.yaml", *LOCKS, *LOCKS.values())


def plain(name: str) -> str:
    """The one spelling of a package's name that pip compares."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(text: str) -> dict[str, str]:
    """Name and version of each line of a list of requirements; every one of them has to be pinned."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    pins = [PIN.fullmatch(line) for line in lines if line and not line.startswith("-r ")]
    assert all(pins), "a requirement is not pinned to one version"
    return {plain(pin["name"]): pin["version"] for pin in pins if pin}


def locked(text: str) -> dict[str, str]:
    """Name and version of each entry of a lock; nothing but hashed entries may be in it."""
    entries = list(LOCKED.finditer(text))
    assert not LOCKED.sub("", text).strip(), "an entry is not pinned with hashes"
    return {entry["name"]: entry["version"] for entry in entries}


def read(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("wanted", "lock"), LOCKS.items())
def test_the_lock_holds_what_is_asked_for(wanted: str, lock: str) -> None:
    assert asked(read(wanted)).items() <= locked(read(lock)).items()


def test_the_tests_run_on_the_very_versions_that_users_get() -> None:
    assert locked(read("requirements.lock")).items() <= locked(read("requirements-dev.lock")).items()


def test_the_wheel_asks_for_the_same_versions() -> None:
    dependencies = tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]

    assert asked("\n".join(dependencies)) == asked(read("requirements.in"))


@pytest.mark.parametrize("name", SET_UP)
def test_no_file_of_the_set_up_names_an_address(name: str) -> None:
    assert not ADDRESS.search(read(name))


@pytest.mark.parametrize(
    "bad",
    [
        "numpy==2.4.6\n",
        "numpy>=2 \\\n    --hash=sha256:" + "0" * 64 + "\n",
        "numpy==2.4.6 \\\n    --hash=md5:" + "0" * 32 + "\n",
        "-e .\n",
    ],
)
def test_a_loose_lock_is_noticed(bad: str) -> None:
    with pytest.raises(AssertionError, match="pinned"):
        locked(bad)


@pytest.mark.parametrize("bad", ["numpy", "numpy>=2", "numpy~=2.4.6", "numpy==2.*"])
def test_a_loose_requirement_is_noticed(bad: str) -> None:
    with pytest.raises(AssertionError, match="pinned"):
        asked(bad)


@pytest.mark.parametrize("bad", ["numpy @ file:///x", "--index-url somewhere", "see https" + "://example.org"])
def test_an_address_is_noticed(bad: str) -> None:
    assert ADDRESS.search(bad)
