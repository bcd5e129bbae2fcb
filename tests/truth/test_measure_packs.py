"""The installed packs: what the catalogue must cover."""

from __future__ import annotations

from collections import Counter

import pytest

from yipan.measure import NEEDS, catalogue, load_packs
from yipan.pack import LEVELS
from yipan.region import example


def test_needs_and_qualities_and_areas_are_covered() -> None:
    scored = [i for i in catalogue().values() if i.scored]
    assert len(scored) >= 24
    by_need = Counter(i.need for i in scored)
    assert all(by_need[n] >= 5 for n in NEEDS), by_need
    by_trait = Counter(i.trait for i in scored)
    assert all(by_trait[t] >= 2 for t in ("international", "green", "smart", "humanistic")), by_trait
    areas = {i.area for i in catalogue().values()}
    assert areas >= {"industry_chain", "infrastructure", "public_service", "policy_market", "safety_joint"}
    assert sum(i.level == "region" for i in catalogue().values()) >= 2


def test_rules_answer_known_indicators_and_costs_are_stated() -> None:
    known = catalogue()
    for pack in load_packs():
        for rule in pack.rules:
            assert set(rule.indicators) <= set(known), (pack.id, rule.id)
    assert any(pack.costs for pack in load_packs())


@pytest.mark.parametrize("indicator", sorted(catalogue()))
def test_no_standard_is_claimed_without_its_edition(indicator: str) -> None:
    """ISO 37120 was renumbered in 2018: its clauses mean nothing without the year."""
    standard = catalogue()[indicator].standard
    assert "ISO 37120" not in standard.replace("ISO 37120:2014", "")


def test_the_tiny_region_is_measured_by_every_pack() -> None:
    rows = {"zone": 3, "cell": 6, "cluster": 2, "pair": 6, "region": 1}
    for pack in load_packs():
        for i in pack.indicators:
            assert len(i.function(example("tiny"))) == rows[i.level]


def test_only_zones_are_scored_and_every_level_is_there() -> None:
    known = catalogue().values()
    assert {i.level for i in known if i.scored} == {"zone"}
    assert {i.level for i in known} == set(LEVELS)
