"""Step 4, places: schools, clinics, universities, libraries, museums, parks and stations of the extract.

OpenStreetMap says where they are, not how large: capacities are assumed, except the area of a park, which is
measured. What the extract lacks and the indicators need is put in by hand, with a rough position: the fire
station of Erottaja, civil-defence shelters at the two metro stations, and the two nearest hospitals. Those
lie 0.4 and 0.9 km south of the extract and stand at its edge, on the street that leads there: the rest of the
way is not counted.
"""

from __future__ import annotations

import pandas as pd
import shapely

from helsinki_steps.assumptions import value
from helsinki_steps.sample import Feature, Sample, plane

KINDS = {
    ("amenity", "school"): "school",
    ("amenity", "clinic"): "clinic",
    ("amenity", "doctors"): "clinic",
    ("amenity", "university"): "university",
    ("amenity", "library"): "library",
    ("tourism", "museum"): "museum",
    ("leisure", "park"): "park",
    ("leisure", "garden"): "park",
}
LABELS = {
    "school": ("学校", "school"),
    "clinic": ("门诊", "clinic"),
    "university": ("大学校舍", "university building"),
    "library": ("图书馆", "library"),
    "museum": ("博物馆", "museum"),
    "park": ("公园", "park"),
}
BY_HAND = (
    (
        "hospital-kirurginen",
        "hospital",
        "外科医院(位于范围南缘以外 0.4 公里)",
        "Surgical Hospital (0.4 km beyond the southern edge)",
        24.9478,
        60.16435,
        60,
        "bed",
    ),
    (
        "hospital-eira",
        "hospital",
        "埃拉医院(位于范围南缘以外 0.9 公里)",
        "Eira Hospital (0.9 km beyond the southern edge)",
        24.9385,
        60.16435,
        30,
        "bed",
    ),
    (
        "fire-erottaja",
        "fire_station",
        "埃罗塔亚消防站",
        "Erottaja fire station",
        24.9452,
        60.1652,
        30,
        "crew",
    ),
    (
        "shelter-rautatientori",
        "shelter",
        "车站广场地铁站掩蔽所",
        "shelter of Rautatientori metro station",
        24.9398,
        60.1704,
        3_000,
        "person",
    ),
    (
        "shelter-yliopisto",
        "shelter",
        "大学地铁站掩蔽所",
        "shelter of Helsingin yliopisto metro station",
        24.9486,
        60.1728,
        2_000,
        "person",
    ),
)


def build_places(sample: Sample) -> pd.DataFrame:
    """Return places.csv."""
    rows = []
    seen: set[tuple[str, str]] = set()
    inside = shapely.buffer(sample.frame, -1e-7)
    for feature in (*sample.areas, *sample.points):
        kind = next((k for (key, word), k in KINDS.items() if feature.tags.get(key) == word), None)
        name = feature.tags.get("name", "")
        if (
            kind is None
            or not inside.contains(shapely.Point(feature.point))
            or (name and (kind, name) in seen)
        ):
            continue
        seen.add((kind, name))
        rows.append(_row(feature, kind, name))
    for ident, kind, zh, en, lon, lat, capacity, unit in BY_HAND:
        rows.append((ident, kind, zh, en, lon, lat, capacity, unit, "by-hand", "assumed"))
    columns = ["id", "kind", "zh", "en", "lon", "lat", "capacity", "unit", "source", "quality"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"capacity": "Float64"})


def _row(feature: Feature, kind: str, name: str) -> tuple[object, ...]:
    zh, en = LABELS[kind]
    number = feature.id[1:]
    lon, lat = feature.point
    capacity, unit, quality = _size(feature, kind)
    own = feature.tags.get("name:en") or (f"{name} ({en})" if name else f"{en} {number}")
    return (
        f"{kind}-{feature.id}",
        kind,
        f"{name}({zh})" if name else f"{zh} {number}",
        own,
        round(lon, 6),
        round(lat, 6),
        capacity,
        unit,
        "osm",
        quality,
    )


def _size(feature: Feature, kind: str) -> tuple[float | None, str, str]:
    """Return capacity, unit and quality of the row."""
    if kind == "park":
        return max(0.01, round(plane(feature.shape).area / 1e4, 2)), "ha", "derived"
    if kind == "clinic":
        return value("doctors_clinic"), "doctor", "assumed"
    if kind in ("school", "university"):
        return value(f"students_{kind}"), "student", "assumed"
    return None, "", "derived"
