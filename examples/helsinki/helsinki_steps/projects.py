"""Step 6, candidate projects: seven ideas, none of them a plan of the city; every cost is assumed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helsinki_steps.sample import Point, Sample, metres
from helsinki_steps.zones import SEEDS, spot
from yipan.scenario.toml import toml_text

HEAD = """\
# 候选项目:均为示例设想,不是赫尔辛基市的规划;造价(1e8 EUR,2024 年价)、速度与位置均为假设。
# Candidate projects: ideas for the example, no plan of the city of Helsinki. Costs (1e8 EUR, prices of 2024),
# speeds and positions are assumed.

"""
ASSUMED = {"price_year": 2024, "source": "by-hand", "quality": "assumed"}
OWNERS = {
    "transit": ("公交部门", "Transport authority"),
    "city": ("市政府", "City"),
    "health": ("卫生部门", "Health authority"),
}
METRO_KM, RAIL_KM, BRIDGE_KM = 1.4, 0.25, 0.6  # 1e8 EUR a km


def build_projects(sample: Sample, cells: pd.DataFrame) -> str:
    """Return the text of ``projects/projects.toml``."""
    at = {s.id: spot(sample, s) for s in SEEDS}
    projects = [
        _metro(at),
        _tram(at),
        _headway(),
        _bridge(cells, at),
        _hospital(at),
        _shelter(at),
        _reserve(at),
    ]
    return HEAD + toml_text({"project": projects})


def _project(
    ident: str, names: tuple[str, str], owner: str, zones: list[str], **more: object
) -> dict[str, object]:
    owner_zh, owner_en = OWNERS[owner]
    return {
        "id": ident,
        "zh": names[0],
        "en": names[1],
        "owner_zh": owner_zh,
        "owner_en": owner_en,
        "zones": zones,
        **more,
        **ASSUMED,
    }


def _stops(at: dict[str, Point], zones: list[str]) -> list[dict[str, object]]:
    names = {s.id: (s.zh, s.en) for s in SEEDS}
    return [
        {
            "station": f"new-{z}",
            "zh": names[z][0],
            "en": names[z][1],
            "lon": round(at[z][0], 6),
            "lat": round(at[z][1], 6),
        }
        for z in zones
    ]


def _length(at: dict[str, Point], zones: list[str]) -> float:
    return float(metres([at[z] for z in zones]).sum()) / 1000


def _spread(capital: float, years: int) -> list[float]:
    return [round(float(x), 4) for x in np.full(years, capital / years)]


def _metro(at: dict[str, Point]) -> dict[str, object]:
    zones = ["narinkka", "kolmikulma", "kasarmitori", "kauppatori", "kruununhaka"]
    cost = _length(at, zones) * METRO_KM
    line = {
        "type": "AddLine",
        "id": "metro-south",
        "zh": "南城地铁(设想)",
        "en": "Southern metro (an idea)",
        "mode": "metro",
        "headway_peak": 4.0,
        "headway_offpeak": 6.0,
        "speed": 50.0,
        "dwell": 25.0,
        "stops": _stops(at, zones),
    }
    return _project(
        "metro-south",
        ("南城地铁(设想)", "Southern metro, Narinkka to Kruununhaka (an idea)"),
        "transit",
        zones,
        capital=_spread(cost, 5),
        upkeep=round(cost * 0.025, 4),
        life=50,
        because_zh="南部部分居民离地铁站超过 800 米",
        because_en="Part of the south is over 800 m from a metro station",
        answers=["C-INF-03", "Y-GRN-01"],
        interventions=[line],
    )


def _tram(at: dict[str, Point]) -> dict[str, object]:
    zones = ["kansalaistori", "rautatientori", "kaisaniemi", "siltasaari", "hakaniemi"]
    cost = _length(at, zones) * RAIL_KM
    line = {
        "type": "AddLine",
        "id": "light-rail",
        "zh": "湾岸轻轨(设想)",
        "en": "Bay light rail (an idea)",
        "mode": "tram",
        "headway_peak": 7.5,
        "headway_offpeak": 10.0,
        "speed": 25.0,
        "dwell": 20.0,
        "stops": _stops(at, zones),
    }
    return _project(
        "light-rail",
        ("湾岸轻轨(设想)", "Light rail from Kansalaistori to Hakaniemi (an idea)"),
        "transit",
        zones,
        capital=_spread(cost, 3),
        upkeep=round(cost * 0.03, 4),
        life=40,
        because_zh="哈卡涅米到中央图书馆须绕行车站",
        because_en="From Hakaniemi to the central library one goes round the station",
        answers=["C-INF-03", "Y-ECO-05"],
        interventions=[line],
    )


def _headway() -> dict[str, object]:
    change = {"type": "ChangeService", "line": "metro", "headway_peak": 2.0, "headway_offpeak": 4.0}
    return _project(
        "metro-headway",
        ("地铁加密班次", "More metro trains"),
        "transit",
        ["rautatientori", "kaisaniemi"],
        capital=[0.2, 0.2],
        upkeep=0.05,
        life=30,
        because_zh="候车占短途出行的大部分时间",
        because_en="Most of a short trip is waiting",
        answers=["Y-ECO-05"],
        interventions=[change],
    )


def _bridge(cells: pd.DataFrame, at: dict[str, Point]) -> dict[str, object]:
    ends = [_nearest(cells, at[z]) for z in ("kansalaistori", "kaisaniemi")]
    km = float(metres([ends[0][1], ends[1][1]])[0]) / 1000 * 1.15
    link = {
        "type": "AddLink",
        "id": "yard-bridge",
        "from_cell": ends[0][0],
        "to_cell": ends[1][0],
        "kind": "local",
        "length": round(km, 3),
        "speed": 30.0,
    }
    return _project(
        "yard-bridge",
        ("站场跨线桥(设想)", "Bridge over the railway yard (an idea)"),
        "city",
        ["kansalaistori", "kaisaniemi"],
        capital=_spread(km * BRIDGE_KM, 2),
        upkeep=0.005,
        life=60,
        because_zh="站场以北没有东西向通道",
        because_en="There is no way across north of the station",
        answers=["Y-ECO-05"],
        interventions=[link],
    )


def _nearest(cells: pd.DataFrame, point: Point) -> tuple[str, Point]:
    gaps = [metres([point, p])[0] for p in zip(cells["lon"], cells["lat"], strict=True)]
    row = cells.iloc[int(np.argmin(gaps))]
    return str(row["id"]), (float(row["lon"]), float(row["lat"]))


def _hospital(at: dict[str, Point]) -> dict[str, object]:
    lon, lat = at["hakaniemi"]
    place = {
        "type": "AddPlace",
        "id": "hospital-hakaniemi",
        "kind": "hospital",
        "zh": "哈卡涅米健康中心",
        "en": "Hakaniemi health centre",
        "lon": round(lon, 6),
        "lat": round(lat, 6),
        "capacity": 50.0,
        "unit": "bed",
    }
    return _project(
        "health-centre",
        ("哈卡涅米健康中心(设想)", "Hakaniemi health centre with beds (an idea)"),
        "health",
        ["hakaniemi"],
        capital=[0.1, 0.15],
        upkeep=0.03,
        life=40,
        because_zh="北部到医院最远",
        because_en="The north is farthest from a hospital",
        answers=["Y-LIV-01", "Y-SAF-03"],
        interventions=[place],
    )


def _shelter(at: dict[str, Point]) -> dict[str, object]:
    rows = [
        {
            "type": "AddPlace",
            "id": f"shelter-{z}",
            "kind": "shelter",
            "zh": zh,
            "en": en,
            "lon": round(at[z][0], 6),
            "lat": round(at[z][1], 6),
            "capacity": 1500.0,
            "unit": "person",
        }
        for z, zh, en in (
            ("vanhakirkko", "老教堂公园掩蔽所", "Shelter under Old Church Park"),
            ("kruununhaka", "克鲁努哈卡掩蔽所", "Kruununhaka shelter"),
        )
    ]
    return _project(
        "shelters",
        ("两处掩蔽所(设想)", "Two shelters (an idea)"),
        "city",
        ["vanhakirkko", "kruununhaka"],
        capital=[0.12],
        upkeep=0.004,
        life=50,
        because_zh="掩蔽所集中在两座地铁站",
        because_en="Shelters are at the two metro stations only",
        answers=["Y-SAF-01"],
        interventions=rows,
    )


def _reserve(at: dict[str, Point]) -> dict[str, object]:
    lon, lat = at["kansalaistori"]
    area = {
        "type": "ProtectArea",
        "id": "bay-shore",
        "zh": "特勒湾滨水保护地",
        "en": "Töölönlahti shore reserve",
        "lon": round(lon, 6),
        "lat": round(lat, 6),
        "km2": 0.06,
    }
    return _project(
        "bay-shore",
        ("特勒湾滨水保护地(设想)", "Reserve on the Töölönlahti shore (an idea)"),
        "city",
        ["kansalaistori"],
        capital=[0.05],
        upkeep=0.002,
        life=50,
        because_zh="市中心没有保护地",
        because_en="Nothing in the centre is protected",
        answers=["Y-ECL-02"],
        interventions=[area],
    )
