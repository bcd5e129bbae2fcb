"""Readable texts of a change: two regions compared, a project described."""

from __future__ import annotations

from dataclasses import replace

from yipan.region import Quality, example
from yipan.scenario import (
    AddLine,
    AddLink,
    AddStop,
    ChangeActivity,
    ChangeService,
    CloseLine,
    CloseLink,
    ClosePlace,
    ExtendLine,
    Project,
    ProtectArea,
    Ranges,
    RestoreArea,
    Scenario,
    Start,
    Stop,
    apply,
    describe,
    diff,
    undo,
)
from yipan.text import Text

PROJECT = Project(
    id="hill-line",
    name=Text("山口线", "Hill line"),
    owner=Text("江湾", "Riverbend"),
    zones=("C",),
    interventions=(
        AddLine(
            id="m2",
            zh="二号线",
            en="Line 2",
            mode="rail",
            headway_peak=10.0,
            headway_offpeak=20.0,
            speed=80.0,
            dwell=40.0,
            colour="#007aff",
            stops=(Stop("st-b1", "东岸", "East", 106.25, 29.1), Stop("st-c2", "山口", "Hill", 106.3, 29.3)),
        ),
        ChangeService(line="m1", headway_peak=3.0),
        AddLink(id="l9", from_cell="B2", to_cell="C2", kind="primary", length=25.0, speed=60.0),
        ClosePlace(place="k1"),
        ChangeActivity(cell="C2", jobs=500.0, gdp=0.5),
        ProtectArea(id="p2", zh="新保护区", en="New reserve", lon=106.2, lat=29.35, km2=12.5),
    ),
    capital=(10.0, 20.0, 5.0),
    upkeep=0.4,
    price_year=2020,
    life=50,
    source="invented",
    quality=Quality.ASSUMED,
    because=Text("", ""),
)

DIFF = """\
cells.csv
  ~ C2: jobs 2000 → 2500, gdp 3 → 3.5
places.csv
  - k1: kind=power_coal, zh=东岸电厂, en=East power station, lon=106.35, lat=29.1, capacity=600, unit=MW, opened=1998
  + p2: kind=protected_area, zh=新保护区, en=New reserve, lon=106.2, lat=29.35, capacity=12.5, unit=km2
lines.csv
  ~ m1: headway_peak 4 → 3
  + m2: zh=二号线, en=Line 2, mode=rail, headway_peak=10, headway_offpeak=20, speed=80, dwell=40, colour=#007aff
stops.csv
  + m2 1: station=st-b1, zh=东岸, en=East, lon=106.25, lat=29.1
  + m2 2: station=st-c2, zh=山口, en=Hill, lon=106.3, lat=29.3
links.csv
  + l9: from=B2, to=C2, kind=primary, length=25, speed=60
kinds of place known to be absent: — → power_coal"""  # noqa: E501

ENGLISH = """\
Hill line: 35 (1e8, prices of 2020) over 3 building years, upkeep 0.4 a year, life 50 years
  - new line Line 2 (rail): 2 stops, 22.8 km straight, running at 80 km/h, every 10 min in the peak, 20 min off it
  - line m1: headway in the peak to 3 min
  - new road B2–C2 (primary): 25 km at 60 km/h, 25.0 min
  - close k1
  - C2: jobs +500, gross domestic product (1e8 CNY) +0.5
  - new protected area New reserve, 12.5 km2
  by year: 10, 20, 5
  owner: Riverbend
  zones: C
  source: invented (assumed)"""  # noqa: E501

CHINESE = """\
山口线:投资 35 亿元(2020 年价,3 年建成),每年维护 0.4 亿元,使用 50 年
  - 新建线路 二号线(rail):2 站,直线长 22.8 公里,运行速度 80 公里/小时,高峰每 10 分钟、平峰每 20 分钟一班
  - 线路 m1:高峰间隔改为 3 分钟
  - 新建道路 B2—C2(primary):25 公里,60 公里/小时,行驶 25.0 分钟
  - 关闭设施 k1
  - C2:就业岗位 +500,地区生产总值(亿元) +0.5
  - 划定保护地 新保护区,12.5 平方公里
  逐年投资:10、20、5
  责任单位:江湾
  分区:C
  来源:invented(假设)"""

WETLAND = replace(
    PROJECT,
    id="wetland",
    name=Text("湿地修复", "Wetland"),
    interventions=(
        RestoreArea(
            cell="B2", habitat="wetland", km2=6.0, use="park", id="w", zh="湿地公园", en="Wetland park"
        ),
        CloseLink(link="l3"),
    ),
    capital=(2.5,),
    upkeep=0.3,
    opening_upkeep=(0.1, 0.2),
    life=20,
    because=Text("自然少", "little nature"),
    earliest=2026,
    needs=("hill-line",),
    excludes=("harbour",),
    bundle="river",
    land=6.0,
    carbon=-12.5,
    ranges=Ranges(cost=(0.9, 1.4), delay=(0.0, 2.0), effect=(0.7, 1.1), source="study 2024"),
)
TRAMS = replace(
    PROJECT,
    id="line-1",
    name=Text("一号线增站延伸", "Line 1 onward"),
    interventions=(
        ExtendLine(line="m1", end="st-b1", stops=(Stop("st-b2", "东岭", "Ridge", 106.35, 29.1),)),
        AddStop(
            line="m1",
            after="st-a2",
            before="st-b1",
            station="mid",
            zh="江心",
            en="Island",
            lon=106.2,
            lat=29.1,
        ),
        CloseLine(line="m2"),
    ),
    capital=(4.0, 4.0),
    latest=2029,
    source="",
    owner=Text("", ""),
)
SCENARIO = Scenario(
    Text("沿江", "Riverside"), (Start(PROJECT, 2026), Start(WETLAND, 2028), Start(TRAMS, 2027))
)

SCENARIO_ENGLISH = """\
Riverside: 3 projects, 45.5 (1e8) in all, from 2026, all in use in 2029
2026–2028, in use from 2029 · Hill line: 35 (1e8, prices of 2020) over 3 building years, upkeep 0.4 a year, life 50 years
  - new line Line 2 (rail): 2 stops, 22.8 km straight, running at 80 km/h, every 10 min in the peak, 20 min off it
  - line m1: headway in the peak to 3 min
  - new road B2–C2 (primary): 25 km at 60 km/h, 25.0 min
  - close k1
  - C2: jobs +500, gross domestic product (1e8 CNY) +0.5
  - new protected area New reserve, 12.5 km2
  by year: 10, 20, 5
  owner: Riverbend
  zones: C
  source: invented (assumed)
2028, in use from 2029 · Wetland: 2.5 (1e8, prices of 2020) over 1 building year, upkeep 0.1, 0.2, then 0.3 a year, life 20 years
  - B2: 6 km2 of wetland restored, open to the public as a park
  - close road l3
  owner: Riverbend
  zones: C
  starts in 2026–…
  needs: hill-line
  excludes: harbour
  bundle: river
  land: 6 km2
  carbon: -12.5 kt CO2e
  uncertainty: cost × 0.9–1.4, 0–2 years late, effect × 0.7–1.1 (study 2024)
  because: little nature
  source: invented (assumed)
2027–2028, in use from 2029 · Line 1 onward: 8 (1e8, prices of 2020) over 2 building years, upkeep 0.4 a year, life 50 years
  - line m1 extended from st-b1 by 1 stop: Ridge
  - line m1: new stop Island between st-a2 and st-b1
  - withdraw line m2
  by year: 4, 4
  zones: C
  starts in …–2029
  source: not stated (assumed)
capital by year (1e8): 2026 10, 2027 24, 2028 11.5"""  # noqa: E501

SCENARIO_CHINESE = """\
2028 年建设,2029 年见效 · 湿地修复:投资 2.5 亿元(2020 年价,1 年建成),维护费最初 0.1、0.2,此后每年 0.3 亿元,使用 20 年
  - B2 修复湿地 6 平方公里,建为公园,对公众开放
  - 关闭道路 l3
  责任单位:江湾
  分区:C
  开工年:2026–…
  前置项目:hill-line
  互斥项目:harbour
  捆绑组:river
  占地 6 平方公里
  温室气体 -12.5 千吨二氧化碳当量
  不确定性:造价为 0.9–1.4 倍、延误 0–2 年、效果为 0.7–1.1 倍(study 2024)
  理由:自然少
  来源:invented(假设)
2027–2028 年建设,2029 年见效 · 一号线增站延伸:投资 8 亿元(2020 年价,2 年建成),每年维护 0.4 亿元,使用 50 年
  - 线路 m1 自 st-b1 延长 1 站:东岭
  - 线路 m1 在 st-a2 与 st-b1 之间增设车站 江心
  - 停运线路 m2
  逐年投资:4、4
  分区:C
  开工年:…–2029
  来源:未说明(假设)
逐年投资(亿元):2026 10、2027 24、2028 11.5"""  # noqa: E501

CHANGED = """\
~ name: Riverside → Later
~ hill-line: start 2026 → 2027, - close k1, upkeep 0.4 → 0.5, ranges — → cost × 1–1.5
- wetland: start 2028, Wetland: 2.5 (1e8, prices of 2020) over 1 building year, upkeep 0.1, 0.2, then 0.3 a year, life 20 years
+ other: start 2030, Line 1 onward: 8 (1e8, prices of 2020) over 2 building years, upkeep 0.4 a year, life 50 years
~ order: hill-line, line-1 → line-1, hill-line"""  # noqa: E501


def test_difference_of_two_regions() -> None:
    tiny = example("tiny")
    after = apply(tiny, PROJECT)
    assert diff(tiny, after) == DIFF
    assert diff(after, tiny).count("\n  + ") == 1  # the power station is back
    assert diff(tiny, tiny) == "no difference"
    assert diff(tiny, tiny, lang="zh") == "没有差别"


def test_description_of_a_project() -> None:
    assert describe(PROJECT).en == ENGLISH
    assert describe(PROJECT).zh == CHINESE
    alone = replace(
        PROJECT, capital=(1.0,), zones=(), owner=Text("", ""), interventions=(ClosePlace(place="k1"),)
    )
    assert describe(alone).en.splitlines()[1:] == ["  - close k1", "  source: invented (assumed)"]


def test_description_of_a_scenario() -> None:
    assert describe(SCENARIO).en == SCENARIO_ENGLISH
    lines = describe(SCENARIO).zh.splitlines()
    assert lines[0] == "沿江:3 个项目,共 45.5 亿元,2026 年开工,2029 年全部见效"
    assert "\n".join(lines[12:]) == SCENARIO_CHINESE
    assert describe(Scenario(Text("空", "Nothing"), ())).zh == "空:没有项目"


def test_difference_of_two_scenarios() -> None:
    cheaper = replace(
        PROJECT,
        upkeep=0.5,
        interventions=tuple(i for i in PROJECT.interventions if i != ClosePlace(place="k1")),
        ranges=Ranges(cost=(1.0, 1.5)),
    )
    starts = (Start(TRAMS, 2027), Start(cheaper, 2027), Start(replace(TRAMS, id="other"), 2030))
    assert diff(SCENARIO, Scenario(Text("以后", "Later"), starts)) == CHANGED
    assert diff(SCENARIO, SCENARIO) == "no difference"
    assert diff(SCENARIO, undo(SCENARIO), lang="zh").startswith(
        "- line-1: 开工 2027, 一号线增站延伸:投资 8 亿元"
    )
