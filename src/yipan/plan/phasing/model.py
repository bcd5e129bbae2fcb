r"""The time-indexed model of phasing: start years that are best when gains are bounded by straight lines.

.. math::
    \max \sum_t d_t w_t \quad\text{so that}\quad w_t \le c_k + \sum_i g_{ki} z_{it} \text{ for every line } k,
    \qquad \sum_t x_{it} = 1,

with x\ :sub:`it` = 1 when project i starts in year t, z\ :sub:`it` = 1 when it and all it needs are built
by t, money and building capacity kept in every year, and what it needs started no later. With one line
(nothing, the gains) this is plain addition of gains; with lines from below and from above it bounds any set
function of diminishing returns.

Time-indexed scheduling: Pritsker, Watters & Wolfe (1969), Management Science 16(1), 93–108. The lines:
Nemhauser & Wolsey (1981), Annals of Discrete Mathematics 11, 279–301.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.plan.phasing.money import factors
from yipan.plan.rules import Rules, Years, limited, window
from yipan.plan.siting.solver import Model


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line over sets: ``constant + Σ_{i in the set} gains[i]``, points of the objective.

    `bonus` is added for every set that is not empty.
    """

    constant: float
    gains: Mapping[str, float]
    bonus: float = 0.0

    def at(self, ids: Collection[str]) -> float:
        """Return the line at a set."""
        return self.constant + sum(self.gains[i] for i in sorted(ids)) + (self.bonus if ids else 0.0)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What the model found: start years (None where none in time), their worth in it, and its bound."""

    years: Years | None
    value: float
    bound: float


def schedule(
    rules: Rules,
    chosen: frozenset[str],
    lines: Sequence[Line],
    *,
    start: Years | None = None,
    nodes: int | None = None,
) -> Scheduled:
    """Return the best start years of a set when its worth in each year is the least of `lines`.

    Parameters
    ----------
    lines
        At least one; gains by project id.
    start
        Start years to begin with.
    nodes
        Most nodes of branch and bound.
    """
    made = _Build(rules, chosen, lines)
    answer = made.model.solve(nodes=nodes, start=None if start is None else made.point(start))
    years = None if answer.x is None else made.years(answer.x)
    return Scheduled(years, answer.value, answer.bound)


class _Build:
    """The model of one set, with the columns of its variables."""

    def __init__(self, rules: Rules, chosen: frozenset[str], lines: Sequence[Line]) -> None:
        self.rules, self.lines = rules, lines
        self.ids = rules.in_order(chosen)
        self.factor = factors(rules.objective)
        self.span = sorted(self.factor)
        self.model = Model(most=True)
        self.at = [_possible(rules, i) for i in self.ids]
        shape = (len(self.ids), len(self.span))
        allowed = np.array([[y in w for y in self.span] for w in self.at], dtype=float).reshape(shape)
        self.x = self.model.add_variables(np.zeros(shape), upper=allowed, whole=True)
        self.z = self.model.add_variables(np.zeros(shape), upper=1.0)
        self.some = self.model.add_variables(np.zeros(len(self.span)), upper=1.0)
        self.w = self.model.add_variables([self.factor[y] for y in self.span], lower=-np.inf)
        self._once()
        self._opened()
        self._needs()
        self._money()
        self._capacity()
        self._lines()

    def _once(self) -> None:
        n = len(self.ids)
        rows = np.repeat(np.arange(n), len(self.span))
        self.model.add_rows(rows, self.x.ravel(), 1.0, lower=np.ones(n), upper=np.ones(n))

    def _built(self, k: int, t: int) -> NDArray[np.int64]:
        """Return the columns of starts of project k whose building is over before year t."""
        last = t - self.rules.projects[self.ids[k]].build_years
        return self.x[k, : max(0, last + 1)]

    def _with_needs(self, k: int) -> list[int]:
        """Return the project and all of the set that must be open for it to count."""
        there = self.rules.needed(self.ids[k])
        return [j for j, i in enumerate(self.ids) if j == k or i in there]

    def _opened(self) -> None:
        """Tie z to x: open when it and all it needs are built, and only then."""
        for k in range(len(self.ids)):
            group = self._with_needs(k)
            for t in range(len(self.span)):
                parts = [self._built(j, t) for j in group]
                for part in parts:
                    self._row([self.z[k, t], *part], [1.0, *[-1.0] * len(part)], upper=0.0)
                every = np.concatenate(parts)
                self._row([self.z[k, t], *every], [1.0, *[-1.0] * len(every)], lower=float(1 - len(group)))

    def _needs(self) -> None:
        """Start what is needed no later."""
        for k, i in enumerate(self.ids):
            for n in self.rules.projects[i].needs:
                if n not in self.ids:
                    continue
                other = self.ids.index(n)
                for t in range(len(self.span)):
                    mine, theirs = self.x[k, : t + 1], self.x[other, : t + 1]
                    self._row([*mine, *theirs], [1.0] * (t + 1) + [-1.0] * (t + 1), upper=0.0)

    def _money(self) -> None:
        for t in range(len(self.span)):
            columns, costs = [], []
            for k, i in enumerate(self.ids):
                for past, c in enumerate(self.rules.projects[i].capital):
                    if past <= t and c:
                        columns.append(self.x[k, t - past])
                        costs.append(c)
            if columns:
                self._row(columns, costs, upper=self.rules.objective.yearly)

    def _capacity(self) -> None:
        for kind, most in sorted(self.rules.objective.at_once.items()):
            mine = [
                k
                for k, i in enumerate(self.ids)
                if kind in limited(self.rules.projects[i], self.rules.objective)
            ]
            for t in range(len(self.span)):
                columns = [
                    c
                    for k in mine
                    for c in self.x[k, max(0, t - self.rules.projects[self.ids[k]].build_years + 1) : t + 1]
                ]
                if columns:
                    self._row(columns, [1.0] * len(columns), upper=float(most))

    def _lines(self) -> None:
        for t in range(len(self.span)):
            self._row([self.some[t], *self.z[:, t]], [1.0, *[-1.0] * len(self.ids)], upper=0.0)
        for line in self.lines:
            gains = [-line.gains[i] for i in self.ids]
            for t in range(len(self.span)):
                columns = [self.w[t], self.some[t], *self.z[:, t]]
                self._row(columns, [1.0, -line.bonus, *gains], upper=line.constant)

    def _row(
        self,
        columns: Sequence[np.int64],
        values: Sequence[float],
        *,
        lower: float | None = None,
        upper: float | None = None,
    ) -> None:
        self.model.add_rows(
            np.zeros(len(columns)),
            columns,
            values,
            lower=None if lower is None else [lower],
            upper=None if upper is None else [upper],
        )

    def point(self, years: Years) -> NDArray[np.float64]:
        """Return start years as a point of the model."""
        out = np.zeros(self.model.variables)
        for k, i in enumerate(self.ids):
            out[self.x[k, years[i] - self.span[0]]] = 1.0
        for t in range(len(self.span)):
            built = [bool(out[self._built(k, t)].sum() > 0.5) for k in range(len(self.ids))]
            for k in range(len(self.ids)):
                out[self.z[k, t]] = float(all(built[j] for j in self._with_needs(k)))
            now = [i for k, i in enumerate(self.ids) if out[self.z[k, t]] > 0]
            out[self.some[t]] = float(bool(now))
            out[self.w[t]] = min(line.at(now) for line in self.lines)
        return out

    def years(self, x: NDArray[np.float64]) -> Years:
        """Return the start years of a point."""
        return {i: self.span[int(np.argmax(x[self.x[k]]))] for k, i in enumerate(self.ids)}


def _possible(rules: Rules, project: str) -> range:
    first, last = window(rules.projects[project], rules.objective)
    return range(first, last + 1)
