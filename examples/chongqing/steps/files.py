"""Reading the source tables, writing the region's tables, and sums that come out exact."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parents[1]
SOURCES = HERE / "sources"


def source(name: str) -> pd.DataFrame:
    """Return a source table; district codes stay text, empty texts stay empty."""
    frame = pd.read_csv(SOURCES / f"{name}.csv", dtype={"adcode": "str", "geonameid": "str"})
    texts = frame.select_dtypes("str").columns
    frame[texts] = frame[texts].fillna("")
    return frame


def write_table(frame: pd.DataFrame, folder: Path, name: str) -> None:
    """Write a table as UTF-8 CSV with Unix line ends."""
    frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


def write_zones(frame: pd.DataFrame, shapes: list[dict[str, object]], folder: Path) -> None:
    """Write zones.geojson, one feature a line."""
    features = [
        json.dumps(
            {"type": "Feature", "properties": row, "geometry": shape},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row, shape in zip(frame.to_dict("records"), shapes, strict=True)
    ]
    text = '{"type":"FeatureCollection","name":"zones","features":[\n' + ",\n".join(features) + "\n]}\n"
    (folder / "zones.geojson").write_text(text, encoding="utf-8")


def apportion(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Divide `total` into whole numbers in proportion to `weights` (largest remainder).

    The parts sum to `total` exactly; equal remainders go to the earlier row.
    """
    weights = np.asarray(weights, dtype=np.float64)
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts
