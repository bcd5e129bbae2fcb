"""Invented planning problems: small set functions of several families, for tests and benchmarks.

They stand in for a measured region where the true optimum must be known by enumeration. `invented_problem`
mixes ceilings and synergies; the families of `FAMILIES` each show one way in which projects add up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from yipan.plan.game import Evaluate, Evaluation, Game, Structure
from yipan.plan.rules import Rules
from yipan.plan.values import Objective
from yipan.region.schema import Quality
from yipan.scenario.values import Project
from yipan.text import Text

_YEARS = (2026, 2030)


@dataclass(frozen=True)
class Invented:
    """An invented problem: candidates, objective and what every set of them is worth."""

    candidates: tuple[Project, ...]
    objective: Objective
    evaluate: Evaluate
    structure: Structure = "unknown"

    def game(self, *, structure: Structure | None = None) -> Game:
        """Return a fresh game of it, with the structure it has or one that claims less."""
        rules = Rules(self.candidates, self.objective)
        return Game(rules, self.evaluate, structure=self.structure if structure is None else structure)


def invented_project(
    name: str, *capital: float, needs: tuple[str, ...] = (), excludes: tuple[str, ...] = ()
) -> Project:
    """Return a project that costs `capital` by building year and changes nothing by itself."""
    return Project(
        id=name,
        name=Text(name, name),
        owner=Text("虚构", "invented"),
        zones=(),
        interventions=(),
        capital=capital,
        upkeep=0.0,
        price_year=2024,
        life=30,
        source="invented",
        quality=Quality.ASSUMED,
        because=Text("虚构", "invented"),
        needs=needs,
        excludes=excludes,
    )


def invented_objective(
    budget: float,
    *,
    yearly: float | None = None,
    floor: float = 0.0,
    years: tuple[int, int] = _YEARS,
) -> Objective:
    """Return an objective with one cluster ``k``; any money may be spent in one year by default."""
    return Objective(
        weights={"economy": 0.25, "living": 0.25, "ecology": 0.25, "safety": 0.25},
        floors={"k": floor},
        budget=budget,
        yearly=budget if yearly is None else yearly,
        start=years[0],
        end=years[1],
        price_year=2024,
    )


def invented_problem(seed: int, *, projects: int = 9) -> Invented:
    """Return a random problem: terms that add up to a ceiling, pairs worth more together, links, floors.

    Every term is monotone; none need be submodular.
    """
    rng = np.random.default_rng(seed)
    names = [f"p{k}" for k in range(projects)]
    candidates = tuple(_random_project(rng, k, names) for k in range(projects))
    terms = int(rng.integers(3, 9))
    single = rng.uniform(0, 1, (terms, projects)) * (rng.random((terms, projects)) < 0.4)
    pairs = [
        (int(rng.integers(terms)), a, b, float(rng.uniform(0, 1)))
        for a, b in combinations(range(projects), 2)
        if rng.random() < 0.15
    ]
    base, ceiling = rng.uniform(0, 1, terms), rng.uniform(0.5, 2, terms)

    def evaluate(ids: frozenset[str]) -> Evaluation:
        x = np.array([n in ids for n in names], dtype=float)
        rise: NDArray[np.float64] = single @ x
        for j, a, b, worth in pairs:
            rise[j] += worth * x[a] * x[b]
        parts = base + np.minimum(rise, ceiling)
        return Evaluation(value=float(parts.sum()), clusters={"k": float(parts[:2].sum())}, parts=parts)

    return Invented(candidates, _random_objective(rng, candidates), evaluate)


def _random_objective(rng: np.random.Generator, candidates: tuple[Project, ...]) -> Objective:
    total = sum(p.cost for p in candidates)
    return invented_objective(
        total * rng.uniform(0.2, 0.6),
        yearly=total * rng.uniform(0.08, 0.3),
        floor=float(rng.choice([0.0, 0.0, 0.2])),
    )


def _family(seed: int, projects: int, terms: Callable[[np.random.Generator, int], _Terms]) -> Invented:
    rng = np.random.default_rng(seed)
    names = [f"p{k}" for k in range(projects)]
    candidates = tuple(_random_project(rng, k, names) for k in range(projects))
    made = terms(rng, projects)

    def evaluate(ids: frozenset[str]) -> Evaluation:
        parts = made.of(np.array([n in ids for n in names]))
        total = float(parts.sum())
        return Evaluation(value=total, clusters={"k": total / 5}, parts=parts)

    return Invented(candidates, _random_objective(rng, candidates), evaluate, made.structure)


@dataclass(frozen=True)
class _Terms:
    structure: Structure
    of: Callable[[NDArray[np.bool_]], NDArray[np.float64]]


def _covered(rng: np.random.Generator, projects: int) -> NDArray[np.bool_]:
    """Return which of up to 25 elements each project covers: a third of them, so they overlap."""
    return rng.random((projects, int(rng.integers(10, 26)))) < 0.3


def _additive(rng: np.random.Generator, projects: int) -> _Terms:
    worth = rng.uniform(-0.2, 2.0, projects)
    return _Terms("additive", lambda x: np.where(x, worth, 0.0))


def _coverage(rng: np.random.Generator, projects: int) -> _Terms:
    covers = _covered(rng, projects)
    weight = rng.uniform(0, 1, covers.shape[1])
    return _Terms("coverage", lambda x: np.where(covers[x].any(axis=0), weight, 0.0))


def _congested(rng: np.random.Generator, projects: int) -> _Terms:
    """Coverage less what each project takes away: diminishing returns, but more is not always better."""
    covers = _covered(rng, projects)
    weight, price = rng.uniform(0, 1, covers.shape[1]), rng.uniform(0, 0.8, projects)
    return _Terms(
        "submodular", lambda x: np.append(np.where(covers[x].any(axis=0), weight, 0.0), -(price @ x))
    )


def _synergy(rng: np.random.Generator, projects: int) -> _Terms:
    """Every project is worth little alone; half of the pairs are worth more together (supermodular)."""
    worth = rng.uniform(0, 0.5, projects)
    pairs = np.triu(rng.uniform(0, 1, (projects, projects)) * (rng.random((projects, projects)) < 0.5), 1)
    return _Terms("unknown", lambda x: np.array([worth @ x, x @ pairs @ x]))


def _rivalry(rng: np.random.Generator, projects: int) -> _Terms:
    """Pairs that help and pairs that harm each other: neither monotone nor of one curvature."""
    worth = rng.uniform(0, 1, projects)
    pairs = np.triu(rng.normal(0, 0.4, (projects, projects)), 1)
    return _Terms("unknown", lambda x: np.array([worth @ x, x @ pairs @ x]))


FAMILIES: dict[str, Callable[[np.random.Generator, int], _Terms]] = {
    "additive": _additive,
    "coverage": _coverage,
    "congested": _congested,
    "synergy": _synergy,
    "rivalry": _rivalry,
}
"""Ways in which projects add up; `invented_of` makes a random problem of one."""


def invented_of(family: str, seed: int, *, projects: int = 9) -> Invented:
    """Return a random problem of one of `FAMILIES`, with the structure that it truly has.

    Examples
    --------
    >>> invented_of("coverage", 1).structure, invented_of("synergy", 1).structure
    ('coverage', 'unknown')
    """
    return _family(seed, projects, FAMILIES[family])


def _random_project(rng: np.random.Generator, k: int, names: list[str]) -> Project:
    needs = (names[int(rng.integers(0, k))],) if k and rng.random() < 0.15 else ()
    other = names[int(rng.integers(0, len(names)))]
    excludes = (other,) if rng.random() < 0.15 and other != names[k] and other not in needs else ()
    capital = rng.uniform(1, 8, int(rng.integers(1, 4)))
    return invented_project(names[k], *map(float, capital), needs=needs, excludes=excludes)
