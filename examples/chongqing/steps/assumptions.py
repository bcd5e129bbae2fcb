"""Every number the example's models assume, named once; region.toml carries all of them."""

from __future__ import annotations

from typing import NamedTuple


class Assumed(NamedTuple):
    """A number with unit and name; `quality` says whether it was set by hand or fitted."""

    value: float
    unit: str
    zh: str
    en: str


MODEL: dict[str, Assumed] = {
    # people
    "block_spacing": Assumed(
        1.5, "km", "轨道站周边六边形单元的间距", "distance between the hexagons round stations"
    ),
    "block_least": Assumed(12_000, "person", "每个单元代表的最少人口", "people a block stands for at least"),
    "block_least_counted": Assumed(
        40_000, "person", "有镇街人口数的区县每个单元的最少人口(含镇)", "the same where towns are counted"
    ),
    "town_share": Assumed(
        0.3, "share", "镇街人口留在镇街点的份额", "people of a town that stay at its own point"
    ),
    "block_merge": Assumed(
        0.6, "km", "并入镇街点的单元最大间距", "blocks this near a town or sub-district join it"
    ),
    "station_reach": Assumed(
        2.0, "km", "车站服务的最大距离", "land this near a station is divided into blocks"
    ),
    "station_decay": Assumed(
        1.5, "km", "人口密度随距车站距离的衰减长度", "distance from a station over which density falls by e"
    ),
    "density_decay": Assumed(
        18.0,
        "km",
        "人口密度随距中心距离的衰减长度(克拉克模型)",
        "distance over which density falls by e (Clark)",
    ),
    "line_bonus": Assumed(
        0.25, "ratio", "每多一条线路人口权重的增加", "added weight for each further line at a station"
    ),
    "no_line": Assumed(0.2, "ratio", "无轨道站点位的人口权重", "weight of a hexagon without a station"),
    "rural_town": Assumed(
        25_000,
        "person",
        "主城区无人口数且距轨道站单元超过3公里的镇的人口",
        "people of a town of the central city without a count, 3 km or more from a block",
    ),
    # activity
    "employed_total": Assumed(16_760_000, "job", "全市就业人数", "people employed in the municipality"),
    "jobs_by_gdp": Assumed(
        0.5, "share", "按生产总值分到区县的岗位份额", "jobs given to districts by GDP, the rest by people"
    ),
    "jobs_central": Assumed(
        0.4,
        "share",
        "集中于区县中心的岗位份额",
        "jobs of a district drawn to its main centre, the rest by people",
    ),
    "centre_decay": Assumed(
        5.0, "km", "岗位向中心集中的衰减长度", "distance over which that draw falls by e"
    ),
    "gdp_by_jobs": Assumed(
        0.7, "share", "按岗位分到单元格的生产总值份额", "GDP given to cells by jobs, the rest by people"
    ),
    # places
    "beds_per_1000": Assumed(7.35, "bed/1000", "每千人床位数", "hospital beds per 1000 residents"),
    "shelter_share": Assumed(
        0.1, "share", "避难场所可容纳的常住人口份额", "share of residents the shelters can take"
    ),
    "crew_per_10000": Assumed(1.5, "crew/10000", "每万人消防员数", "firefighters per 10 000 residents"),
    "station_crew": Assumed(
        45, "crew", "每座消防站人数（一级站 30—45 人）", "crew of a fire station (first class: 30 to 45)"
    ),
    # rail
    "service_day": Assumed(16.0, "h", "高铁日运营时间", "hours of high-speed service a day"),
    # roads
    "relief_full": Assumed(
        300.0, "m", "地形影响达到最大时的起伏度", "spread of heights at which terrain has its full effect"
    ),
    "expressway_circuity": Assumed(
        1.1, "ratio", "高速公路平地绕行系数", "expressway length to straight line, flat land"
    ),
    "road_circuity": Assumed(
        1.25, "ratio", "普通公路平地绕行系数", "other roads' length to straight line, flat land"
    ),
    "relief_circuity": Assumed(
        0.45, "ratio", "地形使绕行系数的最大增量", "largest addition of terrain to circuity"
    ),
    "relief_slowing": Assumed(
        0.35, "share", "地形使普通公路车速的最大降幅", "largest share by which terrain slows roads"
    ),
    "interchange_distance": Assumed(
        10.0, "km", "高速公路互通最小间距", "least distance between interchanges"
    ),
    "city_link": Assumed(
        20.0, "km", "城市道路路段最大长度", "longest link that counts as a street of the city"
    ),
    "expressway_speed": Assumed(90.0, "km/h", "高速公路平均车速", "mean speed on expressways"),
    "urban_expressway_speed": Assumed(60.0, "km/h", "城市快速路平均车速", "mean speed on urban expressways"),
    "primary_speed": Assumed(50.0, "km/h", "干线公路平均车速", "mean speed on primary roads"),
    "secondary_speed": Assumed(42.0, "km/h", "次干公路平均车速", "mean speed on secondary roads"),
    "local_speed": Assumed(35.0, "km/h", "乡村公路平均车速", "mean speed on local roads"),
    "urban_speed": Assumed(28.0, "km/h", "城市道路平均车速", "mean speed on streets of the central city"),
}


def value(name: str) -> float:
    """Return an assumed number by name."""
    return MODEL[name].value
