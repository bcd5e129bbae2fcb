"""Who gains: figures of the chapter against a slow count over residents."""

from __future__ import annotations

import numpy as np
import pytest

from show_fixture import measured, planned
from yipan.show.chapter_gains import SEEN, gains_chapter
from yipan.show.material import Material
from yipan.show.model import Paragraph, TableBlock


def material() -> Material:
    region, results = measured()
    return Material(region=region, results=results, plan=planned(), timings={}, date="2026-01-01")


def table(key: str) -> TableBlock:
    found = [b for b in gains_chapter(material(), planned()).blocks if getattr(b, "key", "") == key]
    assert isinstance(found[0], TableBlock)
    return found[0]


def test_every_zone_is_counted_once() -> None:
    plan, m = planned(), material()
    rise = plan.after["index"] - plan.before["index"]
    people = m.population()
    words = next(b for b in gains_chapter(m, plan).blocks if isinstance(b, Paragraph)).text.en
    up = rise >= SEEN
    assert f"in {int(up.sum())} zones ({people[up].sum() / people.sum():.0%} of residents)" in words
    listed = [r[0].text.zh for key in ("gain-most", "gain-least") for r in table(key).rows]
    assert sorted(listed) == sorted(m.region.zone_name(z).zh for z in m.region.zone_ids)


def test_the_worst_tenth_person_by_person() -> None:
    plan, m = planned(), material()
    thousands = (m.population() / 1000).round().astype(int)  # the tiny region counts in thousands
    for frame, column in ((plan.before, 1), (plan.after, 2)):
        each = np.sort(np.repeat(frame["index"].to_numpy(float), thousands.to_numpy()))
        worst = each[: len(each) // 10].mean()
        row = next(r for r in table("evenness").rows if r[0].text.en == "Index")
        assert row[column].sort == pytest.approx(worst, rel=1e-9)
