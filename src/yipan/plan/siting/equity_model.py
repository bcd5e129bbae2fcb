"""The linear models of equal access: one for each aim, over sites or over amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.plan.siting.solver import TOLERANCE, Answer, Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Aim = Literal["least", "worst_tenth", "deviation", "variance"]
AIMS: tuple[Aim, ...] = ("least", "worst_tenth", "deviation", "variance")
WORST = 0.1
"""Share of people that are the worst off."""
SWAPS = 4
"""Most rounds of swaps that make a first choice better."""
MOST_TRIED = 50_000_000
"""Most accesses computed in one round of them."""
ROUNDS = 40
"""Most rounds of tangents for the variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Access in shares of its mean: `a` at first, `g` by what is added at a site, `q` shares of people.

    `add` is the capacity of each site, `p` the most sites, `total` the capacity where amounts are free.
    """

    a: Floats
    g: Floats
    q: Floats
    add: Floats
    p: int | None
    total: float | None
    aim: Aim

    @property
    def full(self) -> bool:
        """Whether everything has to be added."""
        return self.aim in ("deviation", "variance")

    @property
    def most(self) -> bool:
        """Whether the aim is made large."""
        return not self.full


def judged(access: Floats, q: Floats, aim: Aim) -> Floats:
    """Return the aim of access, shape (demand,) or (demand, choices); `q` are shares of people, sum 1.

    Examples
    --------
    >>> access, q = np.array([1.0, 2.0, 4.0]), np.array([0.05, 0.45, 0.5])
    >>> [round(float(judged(access, q, aim)), 6) for aim in AIMS]
    [1.0, 1.5, 1.05, 1.1475]
    """
    if not len(q):
        return np.zeros(access.shape[1:])
    if aim == "least":
        return np.asarray(access.min(axis=0))
    if aim == "worst_tenth":
        return _tail(access, q, WORST)
    off = access - q @ access
    return np.asarray(q @ (np.abs(off) if aim == "deviation" else off * off))


def shared_out(case: Case, nodes: int | None) -> tuple[Floats, Answer]:
    """Return the share of its capacity each site is given, and what is proved."""
    if not len(case.add) or not len(case.a):
        value = float(judged(case.a, case.q, case.aim)) if len(case.a) else 0.0
        return np.zeros(len(case.add)), Answer("optimal", np.zeros(0), value, value, 0)
    tangents = np.linspace(-1.0, 1.0, 9)[None, :].repeat(len(case.a), axis=0)
    begin = _greedy(case)
    best, bound, visited = begin, -np.inf, 0
    for _ in range(ROUNDS if case.aim == "variance" else 1):
        model, s = _model(case, tangents)
        start = np.full(model.variables, np.nan)
        start[: len(case.add)] = best
        answer = model.solve(start=start if best.any() else None, nodes=nodes)
        found = begin if answer.x is None else np.clip(answer.x[s], 0.0, 1.0)
        visited += answer.nodes
        if case.aim != "variance":
            return found, answer
        bound = max(bound, answer.bound)
        if worth(case, found) < worth(case, best) or not best.any():
            best = found
        value = worth(case, best)
        if value - bound <= 2 * TOLERANCE * max(1.0, value):
            return best, Answer("optimal", best, value, bound, visited)
        off = case.a + case.g @ found
        tangents = np.hstack([tangents, (off - case.q @ off)[:, None]])
    return best, Answer("limit", best, worth(case, best), bound, visited)


def worth(case: Case, share: Floats) -> float:
    """Return the aim where sites are given these shares of their capacity."""
    return float(judged(case.a + case.g @ share, case.q, case.aim))


def _tail(access: Floats, q: Floats, share: float) -> Floats:
    """Return the mean access of the worst-off share of people."""
    order = np.argsort(access, axis=0, kind="stable")
    heads = np.cumsum(q[order], axis=0)
    took = np.minimum(heads, share) - np.minimum(np.concatenate([heads[:1] * 0, heads[:-1]]), share)
    return np.asarray((took * np.take_along_axis(access, order, axis=0)).sum(axis=0) / share)


def _greedy(case: Case) -> Floats:
    """Return sites given all they may have, one after another, then swapped; none where amounts are free."""
    m = len(case.add)
    out = np.zeros(m)
    if case.total is not None or case.p is None:
        return out
    access, chosen = case.a.copy(), []
    for _ in range(min(case.p, m)):
        best, _score = _next(case, access, out)
        chosen.append(best)
        out[best] = 1.0
        access = access + case.g[:, best]
    for _ in range(SWAPS if case.g.size * len(chosen) <= MOST_TRIED else 0):
        before = list(chosen)
        for k, j in enumerate(before):
            out[j] = 0.0
            access = case.a + case.g @ out
            best, score = _next(case, access, out)
            chosen[k] = best if score > _score_of(case, access[:, None] + case.g[:, [j]])[0] else j
            out[chosen[k]] = 1.0
        if chosen == before:
            break
    return out


def _next(case: Case, access: Floats, out: Floats) -> tuple[int, float]:
    """Return the best further site, the first of equals, and its score."""
    scores = np.where(out > 0, -np.inf, _score_of(case, access[:, None] + case.g))
    best = int(np.argmax(scores))
    return best, float(scores[best])


def _score_of(case: Case, access: Floats) -> Floats:
    """Return the aim, larger being better; where the worst off gain nothing yet, three tenths count."""
    value = judged(access, case.q, case.aim)
    return value + 1e-3 * _tail(access, case.q, 3 * WORST) if case.most else -value


def _model(case: Case, tangents: Floats) -> tuple[Model, Ints]:
    n, m = case.g.shape
    model = Model(most=case.most)
    s = model.add_variables(np.zeros(m), upper=1.0, whole=case.total is None)
    _amounts(model, case, s)
    row, column = np.nonzero(case.g)
    each = (np.concatenate([row, np.arange(n)]), case.g[row, column])
    if case.aim == "least":
        t = model.add_variables([1.0])[0]
        columns = np.concatenate([s[column], np.full(n, t)])
        model.add_rows(each[0], columns, np.concatenate([each[1], np.full(n, -1.0)]), lower=-case.a)
        return model, s
    if case.aim == "worst_tenth":
        middle = model.add_variables([1.0])[0]
        d = model.add_variables(-case.q / WORST)
    else:
        middle = model.add_variables([0.0])[0]
        pull = case.q @ case.g
        model.add_rows(
            np.zeros(m + 1),
            np.append(s, middle),
            np.append(pull, -1.0),
            lower=[-case.q @ case.a],
            upper=[-case.q @ case.a],
        )
        d = model.add_variables(2 * case.q if case.aim == "deviation" else case.q)
    if case.aim == "variance":
        _curve(model, case, (s, middle, d), tangents=tangents)
        return model, s
    # d at least what access falls short of the middle
    rows = np.concatenate([row, np.arange(n), np.arange(n)])
    columns = np.concatenate([s[column], np.full(n, middle), d])
    values = np.concatenate([case.g[row, column], np.full(n, -1.0), np.ones(n)])
    model.add_rows(rows, columns, values, lower=-case.a)
    return model, s


def _curve(model: Model, case: Case, columns: tuple[Ints, np.int64, Ints], *, tangents: Floats) -> None:
    """Add off = A − mean, and the square of it from below by its tangents."""
    n = len(case.a)
    s, middle, d = columns
    off = model.add_variables(np.zeros(n), lower=-np.inf)
    row, column = np.nonzero(case.g)
    model.add_rows(
        np.concatenate([row, np.arange(n), np.arange(n)]),
        np.concatenate([s[column], np.full(n, middle), off]),
        np.concatenate([case.g[row, column], np.full(n, -1.0), np.full(n, -1.0)]),
        lower=-case.a,
        upper=-case.a,
    )
    a = tangents.ravel()
    which = np.repeat(np.arange(n), tangents.shape[1])
    k = np.arange(len(a))
    model.add_rows(
        np.concatenate([k, k]),
        np.concatenate([d[which], off[which]]),
        np.concatenate([np.ones(len(a)), -2.0 * a]),
        lower=-a * a,
    )


def _amounts(model: Model, case: Case, s: Ints) -> None:
    """Add how much may (or must) be added, and to how many sites."""
    m = len(s)
    if case.total is None:
        count = float(m if case.p is None else min(case.p, m))
        model.add_rows(np.zeros(m), s, 1.0, lower=[count if case.full else 0.0], upper=[count])
        return
    unit = max(case.total, 1e-12)
    model.add_rows(np.zeros(m), s, case.add / unit, lower=[1.0 if case.full else 0.0], upper=[1.0])
    if case.p is not None and case.p < m:
        x = model.add_variables(np.zeros(m), upper=1.0, whole=True)
        k = np.arange(m)
        model.add_rows(
            np.concatenate([k, k]),
            np.concatenate([s, x]),
            np.concatenate([np.ones(m), -np.ones(m)]),
            upper=np.zeros(m),
        )
        model.add_rows(np.zeros(m), x, 1.0, upper=[float(case.p)])
