"""Step 6, places: public lists of facilities, and modelled ones where no open list exists.

Listed: airports with civil flights, universities, power plants by fuel (less those closed and with those
opened since, `sources/power_changes.csv`), 5A scenic sites, recorded landslides, railway stations.
Modelled, one of each at every district's main centre: a general hospital (beds in the municipal ratio to
people, so districts differ only in how far people live from it) and an emergency shelter (capacity by an
assumed ratio). Modelled, as many as the assumed crew fills: fire stations, the first at the main centre, each
further one in the cell with the largest people × distance to the stations before it. National nature
reserves and forest parks are set by hand and must be checked.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steps.activity import seat_cells
from steps.assumptions import value
from steps.files import source
from steps.geo import plane
from steps.names import railway_name
from steps.zones import Zones, zone_of

COLUMNS = ["id", "kind", "zh", "en", "lon", "lat", "capacity", "unit", "opened", "source", "quality"]
FUELS = {"Coal": "coal", "Gas": "gas", "Hydro": "hydro"}
HIGH_SPEED = [
    "重庆北", "璧山", "永川东", "大足南", "荣昌北", "合川", "潼南", "长寿北", "涪陵北", "丰都", "石柱县",
]  # fmt: skip


def build_places(zones: Zones, cells: pd.DataFrame, log: list[str]) -> pd.DataFrame:
    """Return every place; those outside the region are left out and named in `log`."""
    tables = [
        _airports(log), _universities(), _plants(log), _scenic(), _landslides(), *_railway(log), _reserves(),
        _forest_parks(), *_at_centres(zones, cells), _fire_stations(zones, cells),
    ]  # fmt: skip
    places = pd.concat([t.reindex(columns=COLUMNS) for t in tables], ignore_index=True)
    inside = zone_of(zones, places[["lon", "lat"]].to_numpy()) >= 0
    log += [f"dropped {p.kind} {p.zh}: outside the region" for p in places[~inside].itertuples()]
    places = places[inside].reset_index(drop=True)
    return places.assign(opened=places["opened"].astype("Int64"), unit=places["unit"].fillna(""))


def _numbered(prefix: str, frame: pd.DataFrame) -> list[str]:
    return [f"{prefix}-{k:02d}" for k in range(1, len(frame) + 1)]


def _airports(log: list[str]) -> pd.DataFrame:
    table = source("airports").merge(source("airport_names"), on="icao")
    log += [f"dropped airport {a.name_zh}: {a.note}" for a in table[table["civil"] == 0].itertuples()]
    table = table[table["civil"] == 1].reset_index(drop=True)
    return pd.DataFrame(
        {
            "id": "airport-" + table["iata"].str.lower(),
            "kind": "airport",
            "zh": table["name_zh"],
            "en": table["name_en"],
            "lon": table["lon"].round(5),
            "lat": table["lat"].round(5),
            "opened": table["opened"],
            "source": "airportsdata",
            "quality": "derived",
        }
    )


def _universities() -> pd.DataFrame:
    table = source("universities").merge(source("universities_en"), on="name", validate="one_to_one")
    moved = table["lon_checked"].notna()
    return pd.DataFrame(
        {
            "id": _numbered("university", table),
            "kind": "university",
            "zh": table["name"],
            "en": table["name_en"],
            "lon": table["lon_checked"].where(moved, table["lon"]),
            "lat": table["lat_checked"].where(moved, table["lat"]),
            "source": "universities",
            "quality": np.where(moved, "assumed", "derived"),
        }
    )


def _plants(log: list[str]) -> pd.DataFrame:
    table = source("power_plants")
    kind = table["fuel"].map(FUELS)
    listed = pd.DataFrame(
        {
            "id": _numbered("plant", table),
            "kind": "power_" + kind,
            "zh": "",
            "en": table["name"],
            "lon": table["lon"],
            "lat": table["lat"],
            "capacity": table["capacity_mw"],
            "unit": "MW",
            "opened": table["year"],
            "source": "gppd",
            "quality": "derived",
        }
    )
    changes = source("power_changes")
    closed = changes[changes["change"] == "closed"].set_index("en")["note"]
    gone = listed["en"].isin(closed.index)
    log += [f"dropped power plant {p.en}: {closed[p.en]}" for p in listed[gone].itertuples()]
    opened = changes[changes["change"] == "opened"]
    opened = opened.assign(unit="MW", source="by-hand", quality="assumed").reindex(columns=COLUMNS)
    return pd.concat([listed[~gone], opened], ignore_index=True)


def _scenic() -> pd.DataFrame:
    table = source("scenic_5a").merge(source("scenic_en"), on="name", validate="one_to_one")
    return pd.DataFrame(
        {
            "id": _numbered("scenic", table),
            "kind": "scenic_site",
            "zh": table["name"],
            "en": table["name_en"],
            "lon": table["lon"],
            "lat": table["lat"],
            "source": "scenic",
            "quality": "derived",
        }
    )


def _landslides() -> pd.DataFrame:
    table = source("landslides")
    date = pd.to_datetime(table["date"], format="%m/%d/%Y %H:%M")
    day = date.dt.strftime("%Y-%m-%d")
    table = table.assign(day=day, year=date.dt.year).sort_values(["day", "lon"]).reset_index(drop=True)
    word = {"landslide": "滑坡", "mudslide": "泥石流"}
    accuracy = [a if a != "unknown" else "?" for a in table["accuracy"]]
    zip3 = list(zip(table["day"], table["category"], accuracy, strict=True))
    return pd.DataFrame(
        {
            "id": _numbered("landslide", table),
            "kind": "landslide",
            "zh": [f"{d} {word[c]}(位置精度 {a})" for d, c, a in zip3],
            "en": [f"{c} of {d} (location within {a})" for d, c, a in zip3],
            "lon": table["lon"].round(5),
            "lat": table["lat"].round(5),
            "capacity": table["fatalities"],
            "unit": "",
            "opened": table["year"],
            "source": "nasa-glc",
            "quality": "derived",
        }
    )


def _railway(log: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    fast = source("hsr_stations").set_index("station").loc[HIGH_SPEED].reset_index()
    fast = fast.assign(source="hsr-2016", quality="derived")
    since = source("hsr_opened_stops").drop(columns="line").drop_duplicates("station")
    since = since.assign(
        station=since["station"].str.removesuffix("站"), source="hsr-opened", quality="assumed"
    )
    fast = pd.concat([fast, since[~since["station"].isin(fast["station"])]], ignore_index=True)
    slow = source("railway_stations_2019")
    same = [
        any(n == m and gap < 1.0 for m, gap in zip(fast["station"], gaps, strict=True))
        for n, gaps in zip(slow["station"], _gaps(slow, fast), strict=True)
    ]
    log += [f"joined rail_station {n} to the high-speed station" for n in slow.loc[same, "station"]]
    slow = slow[~np.array(same)].reset_index(drop=True).assign(source="rail-2019", quality="derived")
    both = (("hsr_station", "hsr", fast), ("rail_station", "rail", slow))
    first, second = (
        pd.DataFrame(
            {
                "id": _numbered(prefix, table),
                "kind": kind,
                "zh": table["station"] + "站",
                "en": [f"{railway_name(n)} railway station" for n in table["station"]],
                "lon": table["lon"],
                "lat": table["lat"],
                "source": table["source"],
                "quality": table["quality"],
            }
        )
        for kind, prefix, table in both
    )
    return first, second


def _gaps(a: pd.DataFrame, b: pd.DataFrame) -> list[list[float]]:
    xy, other = (plane(t[["lon", "lat"]].to_numpy()) for t in (a, b))
    gaps: list[list[float]] = np.linalg.norm(xy[:, None] - other[None], axis=2).tolist()
    return gaps


def _reserves() -> pd.DataFrame:
    table = source("reserves")
    return pd.DataFrame(
        {
            "id": "reserve-" + table["id"],
            "kind": "protected_area",
            "zh": table["name_zh"],
            "en": table["name_en"],
            "lon": table["lon"],
            "lat": table["lat"],
            "capacity": table["area_km2"],
            "unit": "km2",
            "opened": table["established"],
            "source": "by-hand",
            "quality": "assumed",
        }
    )


def _forest_parks() -> pd.DataFrame:
    table = source("forest_parks")
    area = table["area_km2"]
    return pd.DataFrame(
        {
            "id": "forest-" + table["id"],
            "kind": "forest_park",
            "zh": table["name_zh"],
            "en": table["name_en"],
            "lon": table["lon"],
            "lat": table["lat"],
            "capacity": area,
            "unit": np.where(area.notna(), "km2", ""),
            "source": "forest-parks",
            "quality": "assumed",
        }
    )


def _at_centres(zones: Zones, cells: pd.DataFrame) -> list[pd.DataFrame]:
    seats = seat_cells(cells)
    people = source("districts").set_index("adcode")["pop_2020"]
    names = zones.frame.set_index("id")
    kinds = (
        (
            "hospital",
            "综合医院(模型)",
            "general hospital (modelled)",
            "bed",
            "beds_per_1000",
            1000,
            "modelled",
        ),
        (
            "shelter",
            "应急避难场所(假设)",
            "emergency shelter (assumed)",
            "person",
            "shelter_share",
            1,
            "assumed",
        ),
    )
    return [
        pd.DataFrame(
            {
                "id": [f"{kind}-{z}" for z in seats],
                "kind": kind,
                "zh": [f"{names.at[z, 'zh']}{zh}" for z in seats],
                "en": [f"{names.at[z, 'en']} {en}" for z in seats],
                "lon": [cells.at[i, "lon"] for i in seats.values()],
                "lat": [cells.at[i, "lat"] for i in seats.values()],
                "capacity": [float(round(float(people[z]) * value(ratio) / per)) for z in seats],
                "unit": unit,
                "source": "model",
                "quality": quality,
            }
        )
        for kind, zh, en, unit, ratio, per, quality in kinds
    ]


def _fire_stations(zones: Zones, cells: pd.DataFrame) -> pd.DataFrame:
    people = source("districts").set_index("adcode")["pop_2020"]
    names = zones.frame.set_index("id")
    xy = plane(cells[["lon", "lat"]].to_numpy())
    rows = []
    for zone, seat in seat_cells(cells).items():
        crew = round(float(people[zone]) * value("crew_per_10000") / 10_000)
        mine = np.flatnonzero((cells["zone"] == zone).to_numpy())
        count = min(max(1, -(-crew // int(value("station_crew")))), len(mine))
        for k, cell in enumerate(_sites(xy, cells["population"].to_numpy(float), mine, seat, count)):
            number = "" if k == 0 else f"-{k + 1}"
            rows.append(
                {
                    "id": f"fire_station-{zone}{number}",
                    "kind": "fire_station",
                    "zh": f"{names.at[zone, 'zh']}消防站{number.removeprefix('-')}（假设）",
                    "en": f"{names.at[zone, 'en']} fire station{number.replace('-', ' ')} (assumed)",
                    "lon": cells.at[cell, "lon"],
                    "lat": cells.at[cell, "lat"],
                    "capacity": float(crew // count + (k < crew % count)),
                    "unit": "crew",
                    "source": "model",
                    "quality": "assumed",
                }
            )
    return pd.DataFrame(rows)


def _sites(
    xy: NDArray[np.float64], people: NDArray[np.float64], among: NDArray[np.int64], first: int, count: int
) -> list[int]:
    """Return `count` cells: the first, then always the one with most people × km to those chosen."""
    chosen = [first]
    far = np.linalg.norm(xy[among] - xy[first], axis=1)
    while len(chosen) < count:
        best = int(among[np.argmax(people[among] * far)])
        chosen.append(best)
        far = np.minimum(far, np.linalg.norm(xy[among] - xy[best], axis=1))
    return chosen
