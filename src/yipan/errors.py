"""Everything Yipan raises, and the problem: one thing wrong, where, and how to mend it.

::

    YipanError
    ├── RegionError        a region's files or tables are unsound (carries every problem found)
    │   ├── UnsafeFile     an archive or a file that must not be opened (path tricks, size)
    │   └── UnknownName    a zone, cell, indicator, project … that does not exist
    ├── ScenarioError      a project cannot be applied to this region (carries every problem)
    ├── MeasureError       indicators or an index cannot be computed as asked
    ├── PlanError          the planning problem has no answer (carries every reason)
    ├── LedgerError        the ledger is broken, locked or refuses an event
    ├── PackError          a domain pack does not keep its contract
    ├── OptionError        an option that does not exist or a value it cannot take
    └── ShowError          a report or map cannot be made

An error that has found several things wrong carries them all in ``problems``; its text lists
them, each with file, row, column and remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from yipan.text import Lang, Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with an input: where it is, what is wrong, how to mend it.

    Parameters
    ----------
    what, remedy
        In both languages; `remedy` begins with a verb and says what to do next.
    file
        Name of the file inside the region folder (never an absolute path), or of the table.
    row
        Row as a person counts it in that file: the header is row 1, the first record row 2.
    column
        Column, key or property.
    severity
        An ``error`` keeps a region from loading in strict mode; a ``warning`` never does.

    Examples
    --------
    >>> p = Problem(what=Text("人口不是数字:“many”", "population is not a number: 'many'"),
    ...             remedy=Text("填写人数", "write a number of persons"),
    ...             file="cells.csv", row=3, column="population")
    >>> print(p.line("en"))
    cells.csv, row 3, population: population is not a number: 'many' → write a number of persons
    """

    what: Text
    remedy: Text
    file: str = ""
    row: int | None = None
    column: str = ""
    severity: Severity = "error"

    def where(self, lang: Lang = "en") -> str:
        """Return the place in words: file, row, column, whichever are known."""
        row = "" if self.row is None else (f"第 {self.row} 行" if lang == "zh" else f"row {self.row}")
        return ", ".join(part for part in (self.file, row, self.column) if part)

    def line(self, lang: Lang = "en") -> str:
        """Return the problem as one line of text."""
        where = self.where(lang)
        return (
            f"{where}: {self.what.in_(lang)} → {self.remedy.in_(lang)}"
            if where
            else (f"{self.what.in_(lang)} → {self.remedy.in_(lang)}")
        )

    def as_dict(self) -> dict[str, object]:
        """Return a JSON-ready mapping."""
        return {
            "severity": self.severity,
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "what": {"zh": self.what.zh, "en": self.what.en},
            "remedy": {"zh": self.remedy.zh, "en": self.remedy.en},
        }


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return only the problems that are errors."""
    return [p for p in problems if p.severity == "error"]


class YipanError(Exception):
    """The root of the tree; ``problems`` holds everything that was found wrong."""

    def __init__(self, message: Text | str, *, problems: Sequence[Problem] = ()) -> None:
        self.message = message if isinstance(message, Text) else Text(message, message)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.text("en"))

    def text(self, lang: Lang = "en") -> str:
        """Return the message and every problem, one a line, in `lang`."""
        lines = [self.message.in_(lang), *(f"  - {p.line(lang)}" for p in self.problems)]
        return "\n".join(lines)


class RegionError(YipanError):
    """A region's files or tables are unsound."""


class UnsafeFile(RegionError):  # noqa: N818
    """An archive or file that must not be opened."""


class UnknownName(RegionError):  # noqa: N818
    """A name that the region, a pack or a plan does not have."""


class ScenarioError(YipanError):
    """A project cannot be applied to this region."""


class MeasureError(YipanError):
    """Indicators or an index cannot be computed as asked."""


class PlanError(YipanError):
    """The planning problem has no answer."""


class LedgerError(YipanError):
    """The ledger is broken, locked or refuses an event."""


class PackError(YipanError):
    """A domain pack does not keep its contract."""


class OptionError(YipanError):
    """An option that does not exist or a value it cannot take."""


class ShowError(YipanError):
    """A report or map cannot be made."""
