"""Invented planning problems: small set functions with ceilings and synergies, for tests and benchmarks.

They stand in for a measured region where the true optimum must be known by enumeration.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from yipan.plan.game import Evaluate, Evaluation, Game
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

    def game(self) -> Game:
        """Return a fresh game of it."""
        return Game(Rules(self.candidates, self.objective), self.evaluate)


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

    total = sum(p.cost for p in candidates)
    objective = invented_objective(
        total * rng.uniform(0.2, 0.6),
        yearly=total * rng.uniform(0.08, 0.3),
        floor=float(rng.choice([0.0, 0.0, 0.2])),
    )
    return Invented(candidates, objective, evaluate)


def _random_project(rng: np.random.Generator, k: int, names: list[str]) -> Project:
    needs = (names[int(rng.integers(0, k))],) if k and rng.random() < 0.15 else ()
    other = names[int(rng.integers(0, len(names)))]
    excludes = (other,) if rng.random() < 0.15 and other != names[k] and other not in needs else ()
    capital = rng.uniform(1, 8, int(rng.integers(1, 4)))
    return invented_project(names[k], *map(float, capital), needs=needs, excludes=excludes)
