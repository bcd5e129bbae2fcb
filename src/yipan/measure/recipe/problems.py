"""Problems of a recipe and of its data, placed where a person can mend them."""

from __future__ import annotations

from yipan.errors import Problem
from yipan.text import Text

FILE = "index.toml"


def problem(at: str, zh: str, en: str, *, remedy: tuple[str, str], warning: bool = False) -> Problem:
    """Return a problem of the recipe at a key such as ``indicator.income.weight``."""
    return Problem(
        what=Text(zh, en),
        remedy=Text(*remedy),
        file=FILE,
        column=at,
        severity="warning" if warning else "error",
    )


def found(zh: str, en: str, *, remedy: tuple[str, str], column: str = "", warning: bool = False) -> Problem:
    """Return a problem of the data, in a column where one can be named."""
    return Problem(
        what=Text(zh, en),
        remedy=Text(*remedy),
        file="data",
        column=column,
        severity="warning" if warning else "error",
    )
