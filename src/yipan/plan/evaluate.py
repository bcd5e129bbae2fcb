"""Sets of projects measured on a region: apply, measure, and say what they are worth."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property

from yipan.errors import ScenarioError
from yipan.measure import Results, measure
from yipan.network.change import lazily
from yipan.network.times import at_hand, state_of
from yipan.plan.game import Evaluation
from yipan.plan.rules import Rules
from yipan.plan.valuation import Valuation, valuation_of
from yipan.region.value import Region
from yipan.scenario import Scenario, Start, apply
from yipan.text import Text

_KEPT = 128
"""Regions kept for building the next set on that differ in other tables than the network's."""
_KEPT_TIMES = {True: 64, False: 6}
"""Those that differ in the network, by whether their times are `lazily` lowered.

Few where they are written out: the network's memo lets go of what is long unused."""
_NETWORK = frozenset({"lines", "stops", "links"})
"""Tables that travel times depend on."""


class RegionEvaluator:
    """Measures sets of projects on one region; every result is kept, a few regions are.

    Parameters
    ----------
    region
        The region as it is; never changed.
    rules
        The candidates and their needs: a set is applied in an order that respects them.
    indicators
        Ids to measure (None: all of the packs).
    """

    def __init__(self, region: Region, rules: Rules, *, indicators: Sequence[str] | None = None) -> None:
        self.base = region
        self.rules = rules
        self.indicators = indicators
        self._lazy = lazily(len(region.tables["cells"]))
        self.seconds = {"apply": 0.0, "measure": 0.0}
        self._results: dict[frozenset[str], Results] = {}
        self._halves: dict[bool, OrderedDict[frozenset[str], Region]] = {
            True: OrderedDict(),
            False: OrderedDict(),
        }
        touched = {
            i: frozenset(t for c in p.interventions for t in getattr(c, "tables", ("lines", "places")))
            for i, p in rules.projects.items()
        }
        self.moving = frozenset(i for i, t in touched.items() if t <= _NETWORK)
        self._mixed = frozenset(i for i, t in touched.items() if t & _NETWORK and not t <= _NETWORK)

    def __call__(self, ids: frozenset[str]) -> Evaluation | None:
        """Return what a set is worth, None where its projects cannot be applied together."""
        try:
            results = self.results(ids)
        except ScenarioError:
            return None
        return self.valuation.evaluation(results)

    @cached_property
    def valuation(self) -> Valuation:
        """What results are worth under the objective, tied to the region as it is."""
        return valuation_of(self.base, self.results(frozenset()), self.rules.objective)

    def results(self, ids: frozenset[str]) -> Results:
        """Return the results of the region with a set of projects built."""
        if ids not in self._results:
            region = self.region(ids)
            begin = time.perf_counter()
            self._results[ids] = measure(region, self.indicators)
            self.seconds["measure"] += time.perf_counter() - begin
        return self._results[ids]

    def region(self, ids: frozenset[str]) -> Region:
        """Return the region with a set of projects built.

        Projects that change only the network and those that change only other tables are applied apart and
        their tables joined, so sets that differ in facilities share one network and its travel times.
        Projects that change both come last.
        """
        begin = time.perf_counter()
        state_of(self.base)  # used again and again: keeps the times of the region itself at hand
        moving = ids & self.moving
        still = ids - moving - self._mixed
        region = self._half(moving, network=True)
        if still:
            other = self._half(still, network=False)
            tables = {n: t for n, t in other.tables.items() if n not in _NETWORK}
            region = region.replace(meta=other.meta, **tables)
        if ids & self._mixed:
            region = self._built(region, ids & self._mixed)
        self.seconds["apply"] += time.perf_counter() - begin
        return region

    def _half(self, ids: frozenset[str], *, network: bool) -> Region:
        """Return the region with only network projects, or only others, built; from the nearest at hand.

        Where times are lowered lazily, projects of the network come in steps, and what is made on the way is
        kept: sets share most of these steps.
        """
        if not ids:
            return self.base
        known = self._halves[network]
        if network:  # the memo of times lets go of what is long unused: nothing can be built on that
            for lost in [k for k, r in known.items() if not at_hand(r)]:
                del known[lost]
        if ids not in known:
            near = max(
                (k for k in known if k < ids), key=lambda k: (len(k), sorted(k)), default=frozenset[str]()
            )
            if near and self._lazy:
                known.move_to_end(near)  # used again: others will be built on it too
            added = self.rules.in_order(ids - near)
            steps = _halving(added) if network and self._lazy else [ids - near]
            for step in steps:
                known[near | step] = self._built(known.get(near, self.base), step)
                near |= step
            while len(known) > (_KEPT_TIMES[self._lazy] if network else _KEPT):
                known.popitem(last=False)
        known.move_to_end(ids)
        return known[ids]

    def _built(self, region: Region, added: frozenset[str]) -> Region:
        """Apply projects at once, in an order that respects their needs."""
        starts = tuple(Start(self.rules.projects[i], 0) for i in self.rules.in_order(added))
        return apply(region, Scenario(Text("", ""), starts))


def _halving(ids: Sequence[str]) -> list[frozenset[str]]:
    """Return half of some projects, half of the rest, and so on: few steps, and the last are short."""
    out, rest = [], list(ids)
    while rest:
        half = (len(rest) + 1) // 2
        out.append(frozenset(rest[:half]))
        rest = rest[half:]
    return out
