"""Step 2b, the points where people are put: towns, official sub-districts, blocks round the stations.

A point is a row with its zone, names, coordinates, what is known of its population, its weight, and how many
rail lines are near. `steps.people` turns points into cells.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from steps.assumptions import value
from steps.blocks import build_blocks, core_km, hexagon_area
from steps.files import source
from steps.geo import plane
from steps.names import pinyin, town_names
from steps.zones import Zones, zone_of

SAME_SPOT = 0.15  # km: two towns closer than this are one point


def build_points(zones: Zones) -> tuple[pd.DataFrame, list[str]]:
    """Return every point and what was left out or joined on the way, one line each."""
    log: list[str] = []
    points = pd.concat([_subdistricts(zones), _towns(zones, log), _blocks(zones)], ignore_index=True)
    points = _outside_dropped(points, zones, log)
    points = _replaced_dropped(points, log)
    return _joined(points, log), log


def _code(zones: Zones) -> dict[str, str]:
    return dict(zip(zones.frame["zh"], zones.frame["id"], strict=True))


def _towns(zones: Zones, log: list[str]) -> pd.DataFrame:
    towns = source("town_population_2010")
    by_hand = {r.geonameid: (r.name_zh, r.name_en) for r in source("town_names").itertuples()}
    names = [
        by_hand.get(i) or town_names(i, z) for i, z in zip(towns["geonameid"], towns["name_zh"], strict=True)
    ]
    log += [
        f"town {old}: named {new}"
        for old, (new, _) in zip(towns["name_zh"], names, strict=True)
        if old and old != new
    ]
    return pd.DataFrame(
        {
            "zone": towns["district"].map(_code(zones)),
            "kind": "town",
            "zh": [z for z, _ in names],
            "en": [e for _, e in names],
            "given": towns["name_zh"],
            "lon": towns["lon"],
            "lat": towns["lat"],
            "pop_2010": towns["pop_2010"],
            "official": np.nan,
            "within": "",
            "lines": 0,
            "elevation": towns["elevation_m"],
        }
    )


def _subdistricts(zones: Zones) -> pd.DataFrame:
    table = source("central_city_subdistricts").merge(source("subdistrict_points"), on="township")
    known = {
        "town": source("town_population_2010").set_index(["district", "name_zh"]),
        "station": source("rail_transit").drop_duplicates(["district", "station"]),
        "railway": source("railway_stations_2019").set_index(["district", "station"]),
    }
    known["station"] = known["station"].set_index(["district", "station"])
    spots = []
    for row in table.itertuples():
        kind, _, name = str(row.near).partition(":")
        at = known[kind].loc[(row.district, name)] if kind else row
        spots.append((float(at["lon"]), float(at["lat"])) if kind else (float(row.lon), float(row.lat)))
    return pd.DataFrame(
        {
            "zone": table["district"].map(_code(zones)),
            "kind": "subdistrict",
            "zh": table["township"].str.replace(r"(街道|镇)$", "", regex=True),
            "en": [pinyin(n.removesuffix("街道").removesuffix("镇")) for n in table["township"]],
            "given": "",
            "lon": [x for x, _ in spots],
            "lat": [y for _, y in spots],
            "pop_2010": table["pop_2010"],
            "official": table["pop_2020"].astype(float),
            "within": table["within"],
            "lines": 0,
            "elevation": np.nan,
        }
    )


def _blocks(zones: Zones) -> pd.DataFrame:
    blocks = build_blocks(zones)
    return blocks.assign(
        kind="block", given="", pop_2010=np.nan, official=np.nan, within="", elevation=np.nan
    )


def _outside_dropped(points: pd.DataFrame, zones: Zones, log: list[str]) -> pd.DataFrame:
    at = zone_of(zones, points[["lon", "lat"]].to_numpy())
    inside = (at >= 0) & (zones.frame["id"].to_numpy()[at] == points["zone"].to_numpy())
    for p in points[~inside].itertuples():
        log.append(f"dropped {p.kind} {p.zh} ({p.zone}): outside its district")
    return points[inside].reset_index(drop=True)


def _replaced_dropped(points: pd.DataFrame, log: list[str]) -> pd.DataFrame:
    """Take the 2010 count of an official sub-district out of the town it belonged to."""
    drop: list[int] = []
    for sub in points[points["within"] != ""].itertuples():
        same = (points["zone"] == sub.zone) & (points["kind"] == "town") & (points["given"] == sub.within)
        for i in points.index[same]:
            whole = float(points.at[i, "pop_2010"])
            part = float(sub.pop_2010) if sub.zh not in sub.within and sub.within not in sub.zh else whole
            left = whole - part if np.isfinite(part) else 0.0
            points.at[i, "pop_2010"] = left
            log.append(f"town {sub.within}: {sub.zh} is counted by itself, {left:.0f} of {whole:.0f} left")
            if left <= 0:
                drop.append(i)
    return points.drop(index=sorted(set(drop))).reset_index(drop=True)


def _joined(points: pd.DataFrame, log: list[str]) -> pd.DataFrame:
    """Join points of one place: a block into the first point near it, a town into one on its spot.

    Where no block lies near, a town's weight is that of a hexagon without a station.
    """
    xy = plane(points[["lon", "lat"]].to_numpy())
    zone, kind, name = (points[c].tolist() for c in ("zone", "kind", "zh"))
    clark = np.exp(-np.linalg.norm(xy - core_km(), axis=1) / value("density_decay"))
    alone = pd.Series(value("no_line") * hexagon_area() * clark, index=points.index)
    points["own"] = points["weight"].notna()
    points["weight"] = points["weight"].fillna(alone)
    uncounted = points["pop_2010"].isna().tolist()
    kept: dict[str, list[int]] = {}
    for i in range(len(points)):
        # a name without people stands for the point it lies on
        wide = kind[i] == "block" or (kind[i] == "town" and uncounted[i])
        same = kept.setdefault(zone[i], [])
        gaps = np.hypot(*(xy[same] - xy[i]).T)
        if same and gaps.min() <= (value("block_merge") if wide else SAME_SPOT):
            near = same[int(gaps.argmin())]
            _absorb(points, near, i)
            log.append(f"joined {kind[i]} {name[i]} to {name[near]}")
        else:
            same.append(i)
    return points.loc[sorted(k for rows in kept.values() for k in rows)].reset_index(drop=True)


def _absorb(points: pd.DataFrame, into: int, other: int) -> None:
    points.at[into, "lines"] = points.loc[[into, other], "lines"].max()
    if points.at[other, "own"]:
        before = points.at[into, "weight"] if points.at[into, "own"] else 0.0
        points.at[into, "weight"] = before + points.at[other, "weight"]
        points.at[into, "own"] = True
    people = points.loc[[into, other], "pop_2010"].sum(min_count=1)
    if points.at[into, "kind"] == "town":
        points.at[into, "pop_2010"] = people
    if pd.isna(points.at[into, "elevation"]):
        points.at[into, "elevation"] = points.at[other, "elevation"]
