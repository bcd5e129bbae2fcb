"""Step 5, lines and stops: urban rail in the order of its stations, high-speed rail by the timetable.

Urban rail has no open timetable: each line's commercial speed and headways are assumed
(`sources/rail_lines.csv`). The running speed of the table is worked back from it so that straight
distances ÷ speed + dwell give the assumed time end to end. The loop's source leaves out the segment that
closes it; it is closed here (`assumed`): the ring opens at the library, so a ride across it changes
there. High-speed lines: minutes between neighbouring stations are medians over the trains that stop at
both in turn; where no train does so, they follow from the line's mean speed. Trains skip stations, but
the line here stops everywhere, so its headway = hours of service ÷ the mean number of trains a day and
direction that call at one of its stations (the hub left out). The lines opened since that timetable are set
by hand (`sources/hsr_opened.csv`): their stations and years are public, their places, speeds and headways
are assumed.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from steps.assumptions import value
from steps.files import source
from steps.geo import plane
from steps.names import railway_name, station_name

SAME_STATION = 0.6  # km: equal names this close are one station
LINE_COLUMNS = [
    "id", "zh", "en", "mode", "headway_peak", "headway_offpeak", "speed", "dwell", "colour", "source",
    "quality",
]  # fmt: skip


def build_rail() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines and their stops."""
    urban_lines, urban_stops = _urban()
    fast_lines, fast_stops = _fast()
    new_lines, new_stops = _opened()
    stops = pd.concat([urban_stops, fast_stops, new_stops], ignore_index=True)
    stops.insert(2, "station", _station_ids(stops))
    return pd.concat([urban_lines, fast_lines, new_lines], ignore_index=True)[LINE_COLUMNS], stops


def _station_ids(stops: pd.DataFrame) -> list[str]:
    xy = plane(stops[["lon", "lat"]].to_numpy())
    names = stops["zh"].tolist()
    first: list[int] = []
    ids: list[str] = []
    for i, name in enumerate(names):
        same = [
            k for k, j in enumerate(first) if names[j] == name and np.hypot(*(xy[i] - xy[j])) <= SAME_STATION
        ]
        if not same:
            first.append(i)
        ids.append(f"s{(same[0] if same else len(first) - 1) + 1:03d}")
    return ids


def _legs(stops: pd.DataFrame) -> np.ndarray:
    xy = plane(stops[["lon", "lat"]].to_numpy())
    return np.hypot(*(xy[1:] - xy[:-1]).T)


def _urban() -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = source("rail_lines")
    rail = source("rail_transit")
    tables, speeds = [], []
    for line in lines.itertuples():
        stops = rail[rail["line"] == line.line]
        quality = ["official"] * len(stops)
        if line.id == "mloop":
            stops = pd.concat([stops, stops.iloc[:1]])
            quality.append("assumed")
        length, legs = float(_legs(stops).sum()), len(stops) - 1
        hours = length / float(line.speed_kmh) - legs * float(line.dwell_s) / 3600
        speeds.append(round(length / hours, 1))
        tables.append(
            pd.DataFrame(
                {
                    "line": line.id,
                    "seq": range(1, len(stops) + 1),
                    "zh": stops["station"],
                    "en": [station_name(n) for n in stops["station"]],
                    "lon": stops["lon"],
                    "lat": stops["lat"],
                    "minutes": np.nan,
                    "source": "rail-maps",
                    "quality": quality,
                }
            )
        )
    lines = lines.rename(columns={"name_zh": "zh", "name_en": "en", "dwell_s": "dwell"})
    return lines.assign(speed=speeds, source="model", quality="assumed"), pd.concat(tables, ignore_index=True)


def _fast() -> tuple[pd.DataFrame, pd.DataFrame]:
    trains = _calls()
    where = source("hsr_stations").set_index("station")
    rows, tables = [], []
    for line in source("hsr_lines").itertuples():
        names = str(line.stations).split()
        stops = where.loc[names].reset_index()
        legs = _legs(stops)
        minutes = np.array([_minutes(trains, a, b) for a, b in pairwise(names)])
        known = ~np.isnan(minutes)
        speed = float(legs[known].sum() / minutes[known].sum() * 60)
        filled = np.where(known, minutes, np.round(legs / speed * 60, 1))
        headway = round(value("service_day") * 60 / _daily(trains, names), 0)
        rows.append(
            {
                "id": line.id,
                "zh": line.name_zh,
                "en": line.name_en,
                "mode": "hsr",
                "headway_peak": headway,
                "headway_offpeak": headway,
                "speed": round(speed, 1),
                "dwell": 120.0,
                "colour": line.colour,
                "source": "hsr-2016",
                "quality": "derived",
            }
        )
        tables.append(
            pd.DataFrame(
                {
                    "line": line.id,
                    "seq": range(1, len(names) + 1),
                    "zh": names,
                    "en": [railway_name(n) for n in names],
                    "lon": stops["lon"],
                    "lat": stops["lat"],
                    "minutes": [np.nan, *filled],
                    "source": "hsr-2016",
                    "quality": ["derived", *np.where(known, "derived", "modelled")],
                }
            )
        )
    return pd.DataFrame(rows), pd.concat(tables, ignore_index=True)


def _opened() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the high-speed lines opened since the timetable; their minutes follow from the speed."""
    lines = source("hsr_opened").rename(columns={"name_zh": "zh", "name_en": "en"})
    lines = lines.assign(mode="hsr", dwell=120.0, source="hsr-opened", quality="assumed")
    stops = source("hsr_opened_stops").rename(columns={"station": "zh"})
    stops = stops.assign(
        seq=stops.groupby("line").cumcount() + 1,
        en=[station_name(n) if n.endswith("站") else railway_name(n) for n in stops["zh"]],
        minutes=np.nan,
        source="hsr-opened",
        quality="assumed",
    )
    return lines[LINE_COLUMNS], stops[
        ["line", "seq", "zh", "en", "lon", "lat", "minutes", "source", "quality"]
    ]


def _calls() -> pd.DataFrame:
    """Return every call with minutes of arrival and departure and the stop that follows it."""
    calls = source("hsr_2016").sort_values(["train", "seq"], kind="stable")
    for column in ("arrive", "depart"):
        clock = calls[column].str.split(":", expand=True)
        calls[column] = pd.to_numeric(clock[0]) * 60 + pd.to_numeric(clock[1])
    following = calls.groupby("train", sort=False)[["station", "arrive"]].shift(-1)
    return calls.assign(next_station=following["station"], next_arrive=following["arrive"])


def _minutes(trains: pd.DataFrame, a: str, b: str) -> float:
    pair = {(a, b), (b, a)}
    direct = trains[[(x, y) in pair for x, y in zip(trains["station"], trains["next_station"], strict=True)]]
    ride = (direct["next_arrive"] - direct["depart"]) % (24 * 60)
    return round(float(ride.median()), 1) if len(ride) else float("nan")


def _daily(trains: pd.DataFrame, names: list[str]) -> float:
    """Return mean daily trains per direction that call at a station of the line other than its hub."""
    calls = trains[trains["station"].isin(names[1:])].groupby("station")["train"].nunique()
    return float(calls.mean()) / 2
