"""Evaluations of project sets, remembered: the only thing the search core knows about a region."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.plan.rules import EPS, Rules
from yipan.plan.values import Objective
from yipan.scenario.values import Project

_DIGITS = 9
"""Objective values are rounded to this many decimals, so that sums taken in another order still tie."""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What one set of projects is worth.

    Parameters
    ----------
    value
        The objective, points 0–100.
    clusters
        Index of each cluster, points.
    parts
        Terms that sum to `value` (one per indicator and zone), or None where it does not split.
    """

    value: float
    clusters: Mapping[str, float] = field(default_factory=dict)
    parts: NDArray[np.float64] | None = None


Evaluate = Callable[[frozenset[str]], Evaluation | None]
"""Measures a set of projects; None where the projects cannot be applied together."""

Batch = Callable[[Sequence[frozenset[str]]], Sequence[Evaluation | None]]
"""Measures many sets at once, each exactly as `Evaluate` would, in their order."""

Structure = Literal["unknown", "submodular", "coverage", "additive"]
"""What is known for certain of how projects add up, said by whoever wrote the evaluation, never guessed:

- ``submodular``: what a project adds never grows when more is built already (diminishing returns).
- ``coverage``: besides, the value is a sum of `Evaluation.parts`, each of which has diminishing returns and
  never falls when more is built (people reached, area protected, demand served up to a ceiling).
- ``additive``: a project adds the same whatever else is built.
- ``unknown``: anything may happen; lines that meet are worth more together than apart.
"""


class Game:
    """A planning problem: rules, and evaluations by set of project ids, each made once.

    Wherever many sets are known beforehand (stand-alone gains, the first round of greedy, exchanges, what a
    bound leaves out, enumeration) they are asked for together by `evaluate_many`. With `batch` they may be
    measured side by side, on other cores or other machines: it gets the sets not yet measured, each once, in
    order, and returns one evaluation for each. As long as `batch` measures as `evaluate` does, plan, bound
    and number of evaluations are the same with and without it.

    Parameters
    ----------
    rules
        Money, years, needs and exclusions of the candidates.
    evaluate
        Called once for each set that is asked for.
    on_evaluation
        Told the number of evaluations made so far, for progress.
    slow
        Projects that a set is slow to be measured without.
    structure
        What the evaluation is known to be, which exact bounds rest on.
    batch
        Measures many sets at once; one after another by `evaluate` where there is none.

    Examples
    --------
    >>> from yipan.plan.invented import invented_objective, invented_project
    >>> rules = Rules([invented_project("a", 2), invented_project("b", 3)], invented_objective(5))
    >>> game = Game(rules, lambda s: Evaluation(value=float(len(s))), structure="additive")
    >>> [e.value for e in game.evaluate_many([frozenset("a"), frozenset("ab"), frozenset("a")])]
    [1.0, 2.0, 1.0]
    >>> game.evaluations  # with the region as it is
    3
    """

    def __init__(
        self,
        rules: Rules,
        evaluate: Evaluate,
        *,
        on_evaluation: Callable[[int], None] | None = None,
        slow: frozenset[str] = frozenset(),
        structure: Structure = "unknown",
        batch: Batch | None = None,
    ) -> None:
        self.rules = rules
        self.structure: Structure = structure
        self._evaluate = evaluate
        self._batch = batch
        self._seen: dict[frozenset[str], Evaluation | None] = {}
        self._told = on_evaluation
        self.slow = slow
        base = self.evaluation(frozenset())
        if base is None:
            raise ValueError("the evaluator refuses the region as it is")
        self.base: Evaluation = base

    @property
    def objective(self) -> Objective:
        """The objective of the rules."""
        return self.rules.objective

    @property
    def projects(self) -> Mapping[str, Project]:
        """Candidates by id."""
        return self.rules.projects

    @property
    def evaluations(self) -> int:
        """Number of sets measured so far."""
        return len(self._seen)

    @property
    def seen(self) -> Mapping[frozenset[str], Evaluation | None]:
        """Everything measured so far."""
        return self._seen

    def evaluation(self, ids: Iterable[str]) -> Evaluation | None:
        """Return what a set is worth, None where its projects cannot be applied together."""
        key = frozenset(ids)
        if key not in self._seen:
            self._seen[key] = self._evaluate(key)
            if self._told is not None:
                self._told(len(self._seen))
        return self._seen[key]

    def evaluate_many(self, sets: Iterable[frozenset[str]]) -> list[Evaluation | None]:
        """Return what each of many sets is worth, in their order; those not yet measured together."""
        wanted = list(sets)
        new = [s for s in dict.fromkeys(wanted) if s not in self._seen]
        if self._batch is not None and len(new) > 1:
            found = self._batch(new)
            if len(found) != len(new):
                raise ValueError(f"{len(new)} sets were to be measured, {len(found)} came back")
            for key, e in zip(new, found, strict=True):
                self._seen[key] = e
                if self._told is not None:
                    self._told(len(self._seen))
        return [self.evaluation(s) for s in wanted]

    def changed_terms(self, ids: frozenset[str], *, by: float = EPS) -> NDArray[np.bool_] | None:
        """Return which terms a set alone changes by more than `by`; None where that is not known."""
        e = self.evaluation(ids)
        if e is None or e.parts is None or self.base.parts is None or e.parts.shape != self.base.parts.shape:
            return None
        return np.abs(e.parts - self.base.parts) > by

    def value(self, ids: Iterable[str]) -> float:
        """Return the objective of a set, rounded to compare; minus infinity where it cannot apply."""
        e = self.evaluation(ids)
        return -np.inf if e is None else round(float(e.value), _DIGITS)

    def deficit(self, ids: Iterable[str]) -> float:
        """Return how many points of index clusters and the worst-off stay below their floors, added up."""
        e = self.evaluation(ids)
        if e is None:
            return np.inf
        short = (
            max(0.0, floor - (e.clusters[k] - self.base.clusters[k]))
            for k, floor in self.objective.kept.items()
        )
        total = round(float(sum(short)), _DIGITS)
        return total if total > EPS else 0.0

    def merit(self, ids: Iterable[str]) -> tuple[float, float]:
        """Return (minus deficit, value): larger is better, floors before the objective."""
        key = frozenset(ids)
        return -self.deficit(key), self.value(key)
