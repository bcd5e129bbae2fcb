"""Values of a front of plans: criteria, points, which rows no other beats, and the dominated volume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.plan.game import Evaluation
from yipan.text import Text

Chosen = frozenset[str]
Array = NDArray[np.float64]
Best = Literal["most", "least"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing plans are compared by.

    Parameters
    ----------
    id, name, unit
        What it is called.
    of
        Its value for a set of projects, from the evaluation of the set; None where it cannot be measured.
    best
        Whether more or less of it is better.
    """

    id: str
    name: Text
    unit: str
    of: Callable[[Chosen, Evaluation], float]
    best: Best = "most"

    def score(self, chosen: Chosen, e: Evaluation) -> float:
        """Return its value so that more is better."""
        value = float(self.of(chosen, e))
        return value if self.best == "most" else -value


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One plan on a front: its projects, its value of each criterion, whether it is proved to be on it."""

    projects: tuple[str, ...]
    values: tuple[float, ...]
    proved: bool


@dataclass(frozen=True, kw_only=True)
class Front:
    """Plans none of which is better in everything, the best of the first criterion first.

    Parameters
    ----------
    criteria
        Ids; `names` and `units` go with them, `best` says whether most or least is best.
    proved
        Whether no plan is missing and none on it could be better.
    knee
        Index of the point from which improving one criterion costs most of the others; None with fewer than
        three points.
    hypervolume
        Dominated share of the box that the front spans, 0–1.
    how
        How it was found and what is proved, in words.
    """

    criteria: tuple[str, ...]
    names: tuple[Text, ...]
    units: tuple[str, ...]
    best: tuple[Best, ...]
    points: tuple[Point, ...]
    proved: bool
    knee: int | None
    hypervolume: float
    how: Text
    evaluations: int

    def words(self) -> Text:
        """Say the front in both languages, one plan a line."""
        zh, en = [self.how.zh], [self.how.en]
        for k, p in enumerate(self.points):
            values = [f"{v:.4g} {u}".strip() for v, u in zip(p.values, self.units, strict=True)]
            mark_zh, mark_en = ("(拐点)", " (knee)") if k == self.knee else ("", "")
            pairs = list(zip(self.names, values, strict=True))
            names = ", ".join(p.projects) or "-"
            zh.append(f"{k + 1}. " + ",".join(f"{n.zh} {v}" for n, v in pairs) + f"{mark_zh}:{names}")
            en.append(f"{k + 1}. " + ", ".join(f"{n.en} {v}" for n, v in pairs) + f"{mark_en}: {names}")
        return Text("\n".join(zh), "\n".join(en))

    def as_dict(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {
            "criteria": [
                {"id": i, "zh": n.zh, "en": n.en, "unit": u, "best": b}
                for i, n, u, b in zip(self.criteria, self.names, self.units, self.best, strict=True)
            ],
            "points": [
                {"projects": list(p.projects), "values": list(p.values), "proved": p.proved}
                for p in self.points
            ],
            "proved": self.proved,
            "knee": self.knee,
            "hypervolume": self.hypervolume,
            "how": {"zh": self.how.zh, "en": self.how.en},
            "evaluations": self.evaluations,
        }


def not_dominated(scores: Array) -> NDArray[np.bool_]:
    """Return which rows no other row beats: at least as good in every column and better in one.

    Of equal rows the first is kept. More is better.

    Examples
    --------
    >>> not_dominated(np.array([[3.0, 1.0], [2.0, 2.0], [2.0, 1.0], [2.0, 2.0]])).tolist()
    [True, True, False, False]
    """
    keep = np.ones(len(scores), dtype=bool)
    for k, row in enumerate(scores):
        as_good = (scores >= row).all(axis=1)
        better = as_good & (scores > row).any(axis=1)
        equal_before = as_good[:k] & (scores[:k] <= row).all(axis=1)
        keep[k] = not (better.any() or equal_before.any())
    return keep


def hypervolume(scores: Array, reference: Array) -> float:
    """Return the volume that rows dominate above a reference point; more is better.

    By slices of the last column (While et al. 2006), exact for any number of columns.

    Examples
    --------
    Two boxes from the origin, 3 × 1 and 1 × 3, share 1 × 1: 3 + 3 − 1 = 5.

    >>> hypervolume(np.array([[3.0, 1.0], [1.0, 3.0]]), np.zeros(2))
    5.0
    """
    above = scores[(scores > reference).all(axis=1)]
    if len(above) == 0:
        return 0.0
    if scores.shape[1] == 1:
        return float(above.max() - reference[0])
    total = 0.0
    levels = np.unique(above[:, -1])[::-1]
    for high, low in zip(levels, [*levels[1:], reference[-1]], strict=True):
        slab = above[above[:, -1] >= high][:, :-1]
        total += hypervolume(slab, reference[:-1]) * float(high - low)
    return total
