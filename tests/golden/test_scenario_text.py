"""Readable texts of a change: two regions compared, a project described."""

from __future__ import annotations

from yipan.region import Quality, example
from yipan.scenario import (
    AddLine,
    AddLink,
    ChangeActivity,
    ChangeService,
    ClosePlace,
    Project,
    ProtectArea,
    Stop,
    apply,
    describe,
    diff,
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
  + l9: from=B2, to=C2, kind=primary, length=25, speed=60"""  # noqa: E501

ENGLISH = """\
Hill line: 35 (1e8, prices of 2020) over 3 building years, upkeep 0.4 a year, life 50 years
  - new line Line 2 (rail): 2 stops, 22.8 km straight, running at 80 km/h, every 10 min in the peak, 20 min off it
  - line m1: headway in the peak to 3 min
  - new road B2–C2 (primary): 25 km at 60 km/h, 25.0 min
  - close k1
  - C2: jobs +500, gross domestic product (1e8 CNY) +0.5
  - new protected area New reserve, 12.5 km2"""  # noqa: E501

CHINESE = """\
山口线:投资 35 亿元(2020 年价,3 年建成),每年维护 0.4 亿元,使用 50 年
  - 新建线路 二号线(rail):2 站,直线长 22.8 公里,运行速度 80 公里/小时,高峰每 10 分钟、平峰每 20 分钟一班
  - 线路 m1:高峰间隔改为 3 分钟
  - 新建道路 B2—C2(primary):25 公里,60 公里/小时,行驶 25.0 分钟
  - 关闭设施 k1
  - C2:就业岗位 +500,地区生产总值(亿元) +0.5
  - 划定保护地 新保护区,12.5 平方公里"""


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
