"""What is written reads back equal, whatever the names, costs and links."""

from __future__ import annotations

import math
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.region.schema import Quality
from yipan.scenario import (
    AddLink,
    AddStop,
    ChangeActivity,
    CloseLink,
    ClosePlace,
    Project,
    Ranges,
    Reinstate,
    RestoreArea,
    Stop,
    read_projects,
    write_projects,
)
from yipan.scenario.costs import spread_capital
from yipan.scenario.interventions import AddLine
from yipan.scenario.links import circles, mutual_excludes
from yipan.scenario.toml import toml_text
from yipan.text import Text

words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
ids = words.filter(lambda s: s == s.strip())
money = st.floats(min_value=0, max_value=1e6, allow_nan=False)
pairs = st.tuples(st.floats(0.01, 3), st.floats(0, 3)).map(lambda p: (p[0], p[0] + p[1]))
points = st.tuples(ids, words, words, st.floats(-180, 180), st.floats(-90, 90)).map(lambda p: Stop(*p))
changes = st.one_of(
    st.builds(ClosePlace, place=ids),
    st.builds(
        AddLink,
        id=ids,
        from_cell=ids,
        to_cell=ids,
        kind=st.sampled_from(["primary", "local"]),
        length=st.floats(0.01, 2000),
        speed=st.floats(1, 200),
    ),
    st.builds(ChangeActivity, cell=ids, jobs=st.floats(1, 1e6)),
    st.builds(CloseLink, link=ids),
    st.builds(
        AddStop,
        line=ids,
        after=ids,
        before=ids,
        station=ids,
        en=words,
        lon=st.floats(-180, 180),
        lat=st.floats(-90, 90),
    ),
    st.builds(RestoreArea, cell=ids, habitat=st.just("river"), km2=st.floats(0.01, 1e6)),
    st.builds(
        Reinstate,
        what_en=words,
        remove=ids.map(lambda i: ((("table", "links"), ("id", i)),)),
    ),
    st.builds(
        AddLine,
        id=ids,
        zh=words,
        mode=st.just("metro"),
        headway_peak=st.floats(0.5, 60),
        headway_offpeak=st.floats(0.5, 60),
        speed=st.floats(1, 600),
        stops=st.lists(points, min_size=2, max_size=4, unique_by=lambda s: s.station).map(tuple),
    ),
)
projects = st.builds(
    Project,
    id=ids,
    name=st.builds(Text, words, words),
    owner=st.builds(Text, words, st.just("")),
    zones=st.lists(ids, max_size=3).map(tuple),
    interventions=st.lists(changes, min_size=1, max_size=3).map(tuple),
    capital=st.lists(money, min_size=1, max_size=6).map(tuple),
    upkeep=money,
    price_year=st.integers(1900, 2100),
    life=st.integers(1, 100),
    source=words,
    quality=st.sampled_from(Quality),
    because=st.builds(Text, st.just(""), words),
    answers=st.lists(ids, max_size=2).map(tuple),
    earliest=st.none() | st.integers(2000, 2030),
    latest=st.none() | st.integers(2030, 2060),
    origin=st.sampled_from(["listed", "rule:metro"]),
    opening_upkeep=st.lists(money, max_size=1).map(tuple),
    land=st.none() | money,
    carbon=st.none() | st.floats(-1e6, 1e6),
    ranges=st.just(Ranges())
    | st.builds(
        Ranges, cost=pairs, delay=st.none() | pairs, effect=st.none() | pairs, source=st.just("") | words
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(projects, max_size=3, unique_by=lambda p: p.id))
def test_projects_read_back_equal(some: list[Project]) -> None:
    linked = mutual_excludes(some, pairs=[(some[0].id, some[-1].id)] if len(some) > 1 else [])
    if len(linked) == 3:  # the second needs the third: no circle, no contradiction
        both = [replace(p, bundle="both") for p in linked[1:]]
        linked = (linked[0], replace(both[0], needs=(both[1].id,)), both[1])
    with tempfile.TemporaryDirectory() as folder:
        assert read_projects(write_projects(linked, Path(folder) / "p.toml")) == linked


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(words, st.one_of(words, st.integers(), st.booleans(), st.floats(), st.lists(words))))
def test_any_plain_values_read_back(data: dict[str, object]) -> None:
    back = tomllib.loads(toml_text(data))
    assert back.keys() == data.keys()
    for key, value in data.items():
        if isinstance(value, float) and math.isnan(value):
            assert math.isnan(back[key])
        else:
            assert back[key] == value


@given(st.floats(0, 1e5), st.integers(1, 12))
def test_years_add_up_to_the_rounded_cost_and_none_is_negative(total: float, years: int) -> None:
    spread = spread_capital(total, years)
    assert len(spread) == years
    assert math.isclose(sum(spread), round(total, 2), abs_tol=0.011)
    assert min(spread) >= 0


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3)))
def test_a_circle_is_found_exactly_when_there_is_one(needs: dict[str, list[str]]) -> None:
    """The other way to know: strip projects whose needs are all stripped; what is left holds the circles."""
    left = dict(needs)
    while True:
        free = [i for i, n in left.items() if not any(x in left for x in n)]
        if not free:
            break
        for i in free:
            del left[i]
    found = circles(needs)
    assert bool(found) == bool(left)
    assert all(i in left for circle in found for i in circle)
    for circle in found:
        for a, b in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert b in needs[a]


@given(st.permutations(range(4)), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_excludes_are_mutual_in_any_order(order: list[int], pairs: list[tuple[int, int]]) -> None:
    base = Project(
        id="0",
        name=Text("甲", ""),
        owner=Text("乙", ""),
        zones=(),
        interventions=(),
        capital=(1.0,),
        upkeep=0.0,
        price_year=2024,
        life=1,
        source="s",
        quality=Quality.ASSUMED,
        because=Text("丙", ""),
    )
    some = [replace(base, id=str(i)) for i in order]
    out = {p.id: set(p.excludes) for p in mutual_excludes(some, pairs=[(str(a), str(b)) for a, b in pairs])}
    expected = {(str(a), str(b)) for x, y in pairs for a, b in ((x, y), (y, x)) if a != b}
    mates = [replace(p, bundle="all") for p in some]  # chosen together: no exclusion is added between them
    assert mutual_excludes(mates, pairs=[(str(a), str(b)) for a, b in pairs]) == tuple(mates)
    assert {(a, b) for a, others in out.items() for b in others} == expected
