"""The candidates of the Chongqing example: known projects and proposed ones, all applicable, none twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from yipan.measure import load_packs, measure
from yipan.plan import Proposal, propose_checked
from yipan.plan.alike import alike_pairs, same_corridor
from yipan.region import Quality, Region, example, example_folder
from yipan.scenario import Project, read_projects, resolve


@cache
def chongqing() -> Region:
    return example("chongqing")


@cache
def listed() -> tuple[Project, ...]:
    return read_projects(example_folder("chongqing"))


@cache
def proposal() -> Proposal:
    return propose_checked(chongqing(), measure(chongqing()), listed=listed())


def test_the_listed_projects_read_without_a_problem_and_resolve() -> None:
    assert len(listed()) >= 15
    wrong = [p.line() for project in listed() for p in resolve(chongqing(), project)]
    assert wrong == []


def test_costs_of_listed_projects_say_that_they_are_assumed_and_why() -> None:
    for p in listed():
        assert p.quality is Quality.ASSUMED
        assert "assumed" in p.source
        assert p.because.zh
        assert p.because.en
        assert p.owner.zh
        assert p.owner.en
        assert p.name.zh
        assert p.name.en


def test_nothing_is_refused_and_there_are_enough_of_every_kind() -> None:
    assert proposal().refused == ()
    projects = proposal().projects
    assert len(projects) >= 60
    assert len({k for p in projects for k in p.kinds}) >= 6
    assert len({p.origin for p in projects}) >= 10  # the list and nine rules or more


def test_every_cluster_has_candidates_listed_and_proposed() -> None:
    of = chongqing().cluster_of
    for by_hand in (True, False):
        projects = [p for p in proposal().projects if (p.origin == "listed") is by_hand]
        assert {of[z] for p in projects for z in p.zones} == {"centre", "new", "northeast", "southeast"}


def test_every_candidate_resolves_at_the_prices_of_the_region() -> None:
    for p in proposal().projects:
        assert resolve(chongqing(), p) == []
        assert p.price_year == chongqing().meta.price_year
        assert p.answers


def test_sizes_are_spread_and_most_are_affordable() -> None:
    costs = sorted(p.cost for p in proposal().projects)
    affordable = [c for c in costs if 0.1 <= c <= 300.0]  # 1e8 CNY; the demo's budget is 2,000
    assert len(affordable) >= 0.9 * len(costs)
    assert sum(c < 10 for c in costs) >= 20
    assert sum(c > 100 for c in costs) >= 10


def test_nothing_that_is_in_service_is_a_candidate() -> None:
    """Opened by the end of 2025: these stand in the region, not on the list."""
    names = " ".join(p.name.zh for p in listed())
    for opened in [
        "渝昆",
        "渝湘高铁",
        "渝厦",
        "城开",
        "巫云开",
        "渝湘复线",
        "彭酉",
        "渝遂复线",
        "蟠龙",
        "中医药",
    ]:
        assert opened not in names
    lines = set(chongqing().tables["lines"].array("zh"))
    assert {"渝昆高铁(重庆段)", "渝厦高铁(重庆东—黔江段)", "渝万城际铁路"} <= lines
    places = dict(zip(chongqing().places["zh"], chongqing().places["kind"], strict=True))
    assert places["綦江蟠龙抽水蓄能电站"] == "power_storage"
    assert "Chongqing Coal" not in set(chongqing().places["en"])


def test_ids_are_unique_and_no_project_is_proposed_twice() -> None:
    projects = proposal().projects
    assert len({p.id for p in projects}) == len(projects)
    changes = Counter(repr([sorted(i.as_dict().items(), key=str) for i in p.interventions]) for p in projects)
    assert max(changes.values()) == 1


def test_candidates_answer_indicators_of_the_catalogue() -> None:
    known = {i.id for pack in load_packs() for i in pack.indicators}
    assert {i for p in proposal().projects for i in p.answers} <= known


def test_excludes_are_symmetric_and_needs_exist() -> None:
    by = {p.id: p for p in proposal().projects}
    for p in by.values():
        assert all(p.id in by[x].excludes for x in p.excludes)
        assert set(p.needs) <= set(by)


def test_near_doubles_exclude_each_other() -> None:
    by = {p.id: p for p in proposal().projects}
    assert proposal().alike
    for a, b in proposal().alike:
        assert b in by[a].excludes
    # the list and the rule both know a railway from Beibei to Hechuan
    assert [i for i in by["suburban-yuhe"].excludes if i.startswith("suburban-500117")]
    # two railways that share the station of Wanzhou North are not the same
    assert "hsr-yuxi-north" not in by["hsr-yuwan"].excludes
    # a line that continues one in service stands alone
    assert by["hsr-qianji"].excludes == ()


def test_the_same_region_gives_the_same_candidates() -> None:
    again = propose_checked(chongqing(), measure(chongqing()), listed=listed())
    assert again == proposal()


def test_a_listed_project_wins_a_shared_id_and_a_broken_one_is_named() -> None:
    region = example("chongqing")
    double, other = listed()[0], listed()[1]
    result = propose_checked(region, measure(region), listed=[double, double, other], packs=[])
    assert [p.id for p in result.projects] == [double.id, other.id]
    assert [(r.id, r.problems[0].column) for r in result.refused] == [(double.id, "id")]


def test_what_needs_a_refused_project_is_refused_with_it() -> None:
    by = {p.id: p for p in listed()}
    waiting = replace(by["hsr-qianji"], needs=("hsr-yuwan",))
    result = propose_checked(chongqing(), measure(chongqing()), listed=[waiting], packs=[])
    assert result.projects == ()
    (refused,) = result.refused
    assert refused.problems[0].column == "hsr-qianji.needs"


@pytest.mark.parametrize(
    ("b", "same"),
    [
        ([(106.0, 29.01), (106.1, 29.01), (106.2, 29.01)], True),  # 1.1 km north: within 1.5
        ([(106.0, 29.02), (106.1, 29.02), (106.2, 29.02)], False),  # 2.2 km north
        ([(106.2, 29.0), (106.1, 29.0), (106.0, 29.0)], True),  # the other way round
        ([(106.0, 29.0), (106.05, 29.0)], False),  # a quarter of the length: a section
        ([(106.1, 28.9), (106.1, 29.0), (106.1, 29.1)], False),  # across: one stop of three
    ],
)
def test_a_corridor_is_shared_by_most_stops_and_most_of_the_length(
    b: list[tuple[float, float]], same: bool
) -> None:
    a = [(106.0, 29.0), (106.1, 29.0), (106.2, 29.0)]
    assert same_corridor(a, b, mode="metro") is same
    assert same_corridor(b, a, mode="metro") is same


def test_alike_pairs_do_not_depend_on_order() -> None:
    projects = proposal().projects[:60]
    forth = {frozenset(p) for p in alike_pairs(chongqing(), projects)}
    back = {frozenset(p) for p in alike_pairs(chongqing(), projects[::-1])}
    assert forth == back


def cells_of(project: Project) -> list[str]:
    data = [i.as_dict() for i in project.interventions]
    return [str(d[k]) for d in data for k in ("from_cell", "to_cell", "cell") if d.get(k)]


def test_listed_projects_touch_cells_of_their_own_zones() -> None:
    zone = dict(zip(chongqing().cells["id"], chongqing().cells["zone"], strict=True))
    for p in listed():
        assert {zone[c] for c in cells_of(p)} <= set(p.zones), p.id


@pytest.mark.parametrize(
    ("project", "names"),
    [
        ("road-dianfengwu", ["桂溪", "三合", "三合", "武隆"]),  # Dianjiang, Fengdu, Wulong
        ("road-wuliang", ["大顺", "平桥"]),
        ("road-huangjuetuo", ["保税港", "弹子石"]),
        ("park-science-city", ["陈家桥"]),
        ("park-changshou", ["晏家"]),
    ],
)
def test_listed_projects_stand_where_their_names_say(project: str, names: list[str]) -> None:
    """Cell ids may be renumbered when the example is rebuilt; the towns they mean may not change."""
    name = dict(zip(chongqing().cells["id"], chongqing().cells["zh"], strict=True))
    (found,) = [p for p in listed() if p.id == project]
    assert [name[c] for c in cells_of(found)] == names
