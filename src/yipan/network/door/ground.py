"""Streets of one mode, ready to be searched; prepared once for every region that has the same file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yipan.errors import Problem
from yipan.network.memo import Memo, bytes_of
from yipan.network.streets.compress import compress, time_metric
from yipan.network.streets.elevation import read_heights, with_slopes
from yipan.network.streets.ends import ends
from yipan.network.streets.read import StreetFile, read_streets_modes
from yipan.network.streets.snap import snap
from yipan.network.streets.speeds import CONGESTION, Speeds
from yipan.network.streets.values import Core, Ends, Floats, Snapped, StreetMode, Streets
from yipan.network.sweep.customise import Customised, customise
from yipan.network.sweep.hierarchy import build_hierarchy
from yipan.region.value import Layer, Region

MODES: tuple[StreetMode, ...] = ("walk", "drive")
"""Street modes a region's travel times use (`yipan.network.streets` reads ``cycle`` too)."""


@dataclass(frozen=True)
class Ground:
    """Streets of one mode as read, their core and the hierarchy searches run on, and what was to be told."""

    file: StreetFile
    core: Core
    customised: Customised
    problems: tuple[Problem, ...]

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return bytes_of(self.file) + bytes_of(self.customised)

    @property
    def streets(self) -> Streets:
        """The streets with their final weights (slopes included)."""
        return self.core.streets

    def put(self, lon: Floats, lat: Floats, *, limit_m: float) -> Snapped:
        """Put places on the streets where places may be."""
        return snap(self.streets, lon, lat, limit_m=limit_m, among=self.file.places)

    def ends(self, snapped: Snapped, *, off_kmh: float) -> Ends:
        """Return places as the searches see them."""
        return ends(self.core, self.customised.metric, snapped, speed_off_kmh=off_kmh)


_MEMO: Memo[Ground] = Memo()


def grounds_of(
    region: Region, *, walk_kmh: float, congestion: float, modes: tuple[StreetMode, ...] = MODES
) -> Mapping[StreetMode, Ground]:
    """Return the prepared streets of a region by mode, read once and remembered by content.

    Raises
    ------
    RegionError
        When the region has no streets, or its file cannot be read or has none for a mode.
    """
    streets = region.layers_of("streets")[0]
    heights = next(iter(region.layers_of("elevation")), None)
    key = {m: (streets.digest, heights.digest if heights else "", m, walk_kmh, congestion) for m in modes}
    found = {m: g for m in modes if (g := _MEMO.get(key[m])) is not None}
    missing = tuple(m for m in modes if m not in found)
    if missing:
        shares = {k: v / congestion for k, v in CONGESTION.items()}
        files = read_streets_modes(streets.path, missing, speeds=Speeds(walk_kmh=walk_kmh, congestion=shares))
        for mode, file in files.items():
            found[mode] = _MEMO.put(key[mode], _prepared(file, heights))
    return found


def forget_grounds() -> None:
    """Forget prepared streets."""
    _MEMO.clear()


def _prepared(file: StreetFile, heights: Layer | None) -> Ground:
    streets, problems = file.streets, file.problems
    if heights is not None and streets.mode != "drive":
        streets, more = with_slopes(streets, read_heights(heights.path, streets))
        problems += more
    core = compress(streets)
    return Ground(file, core, customise(build_hierarchy(core), time_metric(core)), problems)
