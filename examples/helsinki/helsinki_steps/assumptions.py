"""Every number the example's models assume, named once; region.toml carries all of them."""

from __future__ import annotations

from typing import NamedTuple


class Assumed(NamedTuple):
    """A number set by hand, with unit and name."""

    value: float
    unit: str
    zh: str
    en: str


MODEL: dict[str, Assumed] = {
    "residents": Assumed(8_000, "person", "范围内常住人口总数", "residents in the extract, all together"),
    "jobs": Assumed(55_000, "job", "范围内岗位总数", "jobs in the extract, all together"),
    "gdp_per_job": Assumed(0.001, "1e8 EUR/job", "每个岗位的地区生产总值", "product of a job"),
    "levels_block": Assumed(
        6, "level", "未标层数的街区建筑层数", "storeys of a city block where none are given"
    ),
    "levels_other": Assumed(3, "level", "未标层数的其它建筑层数", "storeys of other buildings likewise"),
    "homes_apartments": Assumed(0.85, "share", "住宅楼中住房的份额", "homes in an apartment building"),
    "homes_residential": Assumed(
        0.6, "share", "住宅用地上未分类建筑中住房的份额", "homes in an unsorted building on residential land"
    ),
    "homes_mixed": Assumed(
        0.2, "share", "其它用地上未分类建筑中住房的份额", "homes in an unsorted building elsewhere"
    ),
    "homes_commercial": Assumed(
        0.05, "share", "商业用地上未分类建筑中住房的份额", "homes in an unsorted building on commercial land"
    ),
    "work_public": Assumed(
        0.3, "ratio", "公共建筑单位面积岗位与办公楼之比", "jobs by floor of public buildings against offices"
    ),
    "doctors_clinic": Assumed(12, "doctor", "每个医疗门诊的医生数", "doctors of a clinic"),
    "students_school": Assumed(400, "student", "每所学校的学生数", "pupils of a school"),
    "students_university": Assumed(
        3_000, "student", "每处大学校舍的学生数", "students of a university building"
    ),
    "tram_speed": Assumed(15, "km/h", "有轨电车旅行速度", "commercial speed of trams"),
    "bus_speed": Assumed(14, "km/h", "公交车旅行速度", "commercial speed of buses"),
    "route_detour": Assumed(1.15, "ratio", "线路绕行系数", "length of a route against the straight line"),
    "tram_headway": Assumed(10, "min", "有轨电车发车间隔", "headway of trams"),
    "bus_headway": Assumed(15, "min", "公交车发车间隔", "headway of buses"),
    "evening_headway": Assumed(
        20, "min", "20 时以后的发车间隔", "headway of either after 20:00 and on Sundays"
    ),
}


def value(name: str) -> float:
    """Return an assumed number by name."""
    return MODEL[name].value
