"""A small real plan for the tests of reports: the tiny region with five invented projects, searched."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from yipan.measure import Results, measure
from yipan.plan import Objective, Plan, search
from yipan.plan.argue import ArgueLimits
from yipan.plan.search import Depth
from yipan.plan.values import Future
from yipan.region import Region, example
from yipan.region.schema import Quality
from yipan.scenario.interventions import AddLine, AddPlace, ChangeActivity, ImproveLink, ProtectArea, Stop
from yipan.scenario.values import Intervention, Project
from yipan.text import Text


def project(name: str, zh: str, en: str, *changes: Intervention, cost: tuple[float, ...]) -> Project:
    """Return an invented project of the tiny region."""
    return Project(
        id=name,
        name=Text(zh, en),
        owner=Text("江湾市规划局", "Riverbend planning office"),
        zones=("C",),
        interventions=changes,
        capital=cost,
        upkeep=0.1,
        price_year=2020,
        life=30,
        source="invented",
        quality=Quality.ASSUMED,
        because=Text("为测试虚构", "invented for the tests"),
    )


CANDIDATES = (
    project(
        "hospital",
        "山口医院",
        "Hill hospital",
        AddPlace(
            id="h9",
            kind="hospital",
            zh="山口医院",
            en="Hill hospital",
            lon=106.1,
            lat=29.3,
            capacity=200.0,
            unit="bed",
        ),
        cost=(3.0, 3.0),
    ),
    project(
        "line",
        "二号线",
        "Line 2",
        AddLine(
            id="m2",
            zh="二号线",
            en="Line 2",
            mode="metro",
            headway_peak=5.0,
            headway_offpeak=10.0,
            speed=40.0,
            stops=(
                Stop("st-a1", "江城", "River", 106.05, 29.10),
                Stop("st-c1", "山口", "Hill", 106.10, 29.30),
            ),
        ),
        cost=(8.0, 8.0, 8.0),
    ),
    project("road", "山口公路", "Hill road", ImproveLink(link="l4", speed=60.0), cost=(2.0,)),
    project("jobs", "山口岗位", "Hill jobs", ChangeActivity(zone="C", jobs=5000.0, gdp=5.0), cost=(4.0,)),
    project(
        "reserve",
        "江城绿地",
        "River reserve",
        ProtectArea(id="p9", zh="江城绿地", en="River reserve", lon=106.05, lat=29.05, km2=20.0),
        cost=(1.0,),
    ),
)


@lru_cache(maxsize=1)
def measured() -> tuple[Region, Results]:
    """Return the tiny region and its results."""
    region = example("tiny")
    return region, measure(region)


def objective(**more: object) -> Objective:
    """Return the objective of the tiny region: at most 15 (1e8 CNY) in 2026 to 2030, no cluster may fall."""
    region, _ = measured()
    return replace(
        Objective(
            weights=dict.fromkeys(("economy", "living", "ecology", "safety"), 0.25),
            floors={"valley": 0.0, "hills": 0.0},
            budget=15.0,
            yearly=9.0,
            start=2026,
            end=2030,
            price_year=region.meta.price_year,
        ),
        **more,  # type: ignore[arg-type]
    )


@lru_cache(maxsize=1)
def planned() -> Plan:
    """Return the plan of the tiny region, found and no more."""
    return search(measured()[0], CANDIDATES, objective())


@lru_cache(maxsize=1)
def argued() -> Plan:
    """Return a plan of the tiny region with all that is argued for it: less money, later years discounted."""
    depth = Depth(argue=ArgueLimits(near_points=1.0))
    return search(measured()[0], CANDIDATES, objective(budget=8.0, discount=0.03), depth=depth)


@lru_cache(maxsize=1)
def regretted() -> Plan:
    """Return the plan of least regret over two futures: people move to the hills, or nothing changes."""
    moving = Future(
        id="hills",
        name=Text("人口上山", "people move to the hills"),
        changes=(ChangeActivity(zone="C", population=30000.0),),
        source="assumed",
    )
    same = Future(id="same", name=Text("维持现状", "as it is"), changes=(), source="assumed")
    return search(measured()[0], CANDIDATES, objective(futures=(moving, same)))


@lru_cache(maxsize=1)
def told() -> Plan:
    """Return a plan with everything a report can tell: argued for, and with regret over futures."""
    plan, over = argued(), regretted()
    return replace(
        plan, regret=over.regret, objective=replace(plan.objective, futures=over.objective.futures)
    )
