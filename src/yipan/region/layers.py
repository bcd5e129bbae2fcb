"""Large files beside the tables: streets, timetables, elevation. A region holds where they lie and a hash.

========================  =====================================================================
``streets.osm.pbf``       OpenStreetMap extract (also ``streets.osm``): streets to walk, cycle and drive
``transit/*.zip``         GTFS feeds: the timetables of public transport
``elevation.tif``         heights in metres (GeoTIFF, any CRS): slopes for walking and cycling
========================  =====================================================================

They are read when travel times are asked for (`yipan.network`), never kept in the region itself.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yipan.region.findings import Log
from yipan.region.formats import within_limit
from yipan.region.value import Layer, LayerKind
from yipan.text import Text

STREETS = ("streets.osm.pbf", "streets.osm")
ELEVATION = "elevation.tif"
TRANSIT = "transit"
_CHUNK = 1 << 20

LABELS: dict[LayerKind, Text] = {
    "streets": Text("街道(OpenStreetMap)", "streets (OpenStreetMap)"),
    "transit": Text("公共交通时刻表(GTFS)", "public transport timetables (GTFS)"),
    "elevation": Text("高程", "elevation"),
}


def layer_of(path: Path, kind: LayerKind, name: str) -> Layer:
    """Return a file as a layer.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as temp:
    ...     _ = (Path(temp) / "streets.osm").write_bytes(b"<osm/>")
    ...     layer_of(Path(temp) / "streets.osm", "streets", "streets.osm").digest[:8]
    '4649a8f9'
    """
    h = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            h.update(chunk)
    return Layer(kind, name, path.absolute(), h.hexdigest())  # a link keeps its name, and so its format


def read_layers(folder: Path, log: Log, *, packed: bool = False) -> tuple[Layer, ...]:
    """Return the layers of a region folder; every file that cannot be one is named in `log`.

    Parameters
    ----------
    packed
        Whether the folder is that of an unpacked zip, which is deleted once it is read: its layers are then
        copied to a temporary folder that lasts as long as the program.
    """
    found = list(_files(folder, log))
    if packed and found:
        keep = Path(tempfile.mkdtemp(prefix="yipan-layers-"))
        atexit.register(shutil.rmtree, keep, ignore_errors=True)
        for _, name, path in found:
            (keep / name).parent.mkdir(exist_ok=True)
            shutil.copy2(path, keep / name)
        found = [(kind, name, keep / name) for kind, name, _ in found]
    return tuple(layer_of(path, kind, name) for kind, name, path in found)


def is_layer(name: str) -> bool:
    """Say whether a path inside a region folder is that of a layer."""
    parts = name.split("/")
    if len(parts) == 2:
        return parts[0] == TRANSIT and parts[1].lower().endswith(".zip") and not parts[1].startswith(".")
    return len(parts) == 1 and name in (*STREETS, ELEVATION)


def _files(folder: Path, log: Log) -> Iterator[tuple[LayerKind, str, Path]]:
    streets = [p for name in STREETS if (p := folder / name).is_file()]
    if len(streets) > 1:
        log.error(
            Text("街道有两个文件", "there are two files of streets"),
            Text("只保留一个", "keep one of them"),
            file=streets[1].name,
        )
    if streets and within_limit(streets[0], log):
        yield "streets", streets[0].name, streets[0]
    heights, feeds = folder / ELEVATION, folder / TRANSIT
    if not streets:
        _alone(heights.is_file() or (feeds.is_dir() and any(feeds.glob("*.zip"))), log)
        return
    for path in sorted(feeds.iterdir()) if feeds.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.suffix.lower() != ".zip" or not path.is_file():
            log.warn(
                Text("不是 zip 格式的 GTFS 数据包,未读取", "not a zipped GTFS feed; not read"),
                Text("打包为 .zip,或移出 transit 文件夹", "pack it as .zip, or move it out of transit"),
                file=f"{TRANSIT}/{path.name}",
            )
        elif within_limit(path, log):
            yield "transit", f"{TRANSIT}/{path.name}", path
    if heights.is_file() and within_limit(heights, log):
        yield "elevation", ELEVATION, heights


def _alone(there: bool, log: Log) -> None:
    """Warn of timetables or elevation that nothing can use."""
    if there:
        log.warn(
            Text(
                "有时刻表或高程,却没有街道:步行到站无从计算,故未使用",
                "timetables or elevation without streets cannot be used: walks to stops need streets",
            ),
            Text(
                "添加 streets.osm.pbf(覆盖本区域的 OpenStreetMap 摘录)",
                "add streets.osm.pbf, an OpenStreetMap extract of the region",
            ),
            file=STREETS[0],
        )
