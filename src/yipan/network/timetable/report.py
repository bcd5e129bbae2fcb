"""Problems of feeds, gathered: floods of equal ones are told by the first few and a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem, Severity
from yipan.text import Text

_SHOWN = 3  # rows told one by one before the rest becomes a number
LEAVE = Text("改正,否则此行不用", "correct it; until then the row is left out")


@dataclass
class Report:
    """The problems of one feed.

    Parameters
    ----------
    feed
        Name of the feed's file; problems name a table as ``feed.zip/stops.txt``.
    """

    feed: str
    problems: list[Problem] = field(default_factory=list)
    unsafe: bool = False

    def add(
        self,
        what: Text,
        remedy: Text,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        severity: Severity = "error",
    ) -> None:
        """Add one problem."""
        where = f"{self.feed}/{file}" if file else self.feed
        self.problems.append(
            Problem(what=what, remedy=remedy, file=where, row=row, column=column, severity=severity)
        )

    def each(
        self,
        rows: NDArray[np.signedinteger] | Sequence[int],
        what: Callable[[int], Text],
        remedy: Text,
        *,
        file: str,
        column: str = "",
        severity: Severity = "error",
    ) -> None:
        """Add the same problem for many rows: the first few one by one, the rest as a number.

        Parameters
        ----------
        rows
            Row numbers as a person counts them.
        what
            Gives the words for the k-th of them.
        """
        order = np.argsort(np.asarray(rows), kind="stable")
        for k in map(int, order[:_SHOWN]):
            self.add(what(k), remedy, file=file, row=int(rows[k]), column=column, severity=severity)
        rest = len(rows) - _SHOWN
        if rest > 0:
            last = what(int(order[-1]))
            self.add(
                Text(
                    f"{last.zh}(同样的问题另有 {rest:,} 处,这是最后一处)",
                    f"{last.en} (the last of {rest:,} more rows like these)",
                ),
                remedy,
                file=file,
                row=int(rows[order[-1]]),
                column=column,
                severity=severity,
            )
