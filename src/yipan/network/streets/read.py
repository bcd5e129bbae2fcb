"""Streets of one or several modes from an OpenStreetMap extract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.network.distance import straight_km
from yipan.network.minplus import FAR
from yipan.network.streets import remarks
from yipan.network.streets.components import pieces
from yipan.network.streets.rules import KINDS, RULES, Passage, StreetRules
from yipan.network.streets.scan import UNSEEN, Scan, scan
from yipan.network.streets.speeds import SPEEDS, Speeds
from yipan.network.streets.values import Floats, Int32, Int64, StreetMode, Streets

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west above east when it crosses the antimeridian."""
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class StreetFile:
    """What a file gave for one mode.

    Parameters
    ----------
    streets
        The largest connected piece.
    places
        Whether places may be put on a segment (segments,): not on ferries, in tunnels, on motorways …
        (`StreetRules.no_places`).
    kind
        Position in `yipan.network.streets.rules.KINDS` of each segment's kind (segments,), int8.
    points_left_out, metres_left_out
        Points and metres of street that are not connected with the largest piece.
    problems
        Warnings: what was left out or passed over, and how to mend it.
    """

    streets: Streets
    places: Bools
    kind: NDArray[np.int8]
    points_left_out: int
    metres_left_out: float
    problems: tuple[Problem, ...]


def read_streets(
    path: Path | str,
    mode: StreetMode,
    *,
    speeds: Speeds = SPEEDS,
    rules: StreetRules = RULES,
    box: Box | None = None,
) -> tuple[Streets, tuple[Problem, ...]]:
    """Return the streets of one mode and what was left out or passed over.

    See `read_streets_modes`, which reads a file once for several modes and tells where places may be put.
    """
    found = read_streets_modes(path, (mode,), speeds=speeds, rules=rules, box=box)[mode]
    return found.streets, found.problems


def read_streets_modes(
    path: Path | str,
    modes: Sequence[StreetMode],
    *,
    speeds: Speeds = SPEEDS,
    rules: StreetRules = RULES,
    box: Box | None = None,
) -> Mapping[StreetMode, StreetFile]:
    """Read an OpenStreetMap extract (``.osm.pbf`` or ``.osm``) once for several modes.

    Every point of every way is kept. A segment's length is the great-circle distance of its ends
    (`yipan.network.distance`), its time that length over the speed the rules give. A barrier
    that a mode cannot pass ends every segment there. The largest connected piece is kept: for driving
    and cycling all of its points reach each other; for walking one-ways (escalators) do not matter.

    Parameters
    ----------
    path
        The file; nodes, ways and their tags are used, relations are not.
    speeds, rules
        See `Speeds` and `StreetRules`.
    box
        Keep only segments that touch this rectangle.

    Returns
    -------
    mapping
        By mode. The same file gives the same `Streets.digest`, whatever the order of its ways.

    Raises
    ------
    UnsafeFile
        When the file is larger than the option ``region.max_file_mb``.
    RegionError
        When the file is missing, unreadable, or has no street for a mode.
    """
    path = Path(path)
    found = scan(path, modes, rules=rules, speeds=speeds)
    return {mode: _of_mode(found, i, path.name, box) for i, mode in enumerate(found.modes)}


@dataclass(frozen=True)
class _Draft:
    """Points and segments while they are being built; ends are positions among the points."""

    node: Int64
    lon: Floats
    lat: Floats
    u: Int32
    v: Int32
    length: Int32
    forward: Int32
    backward: Int32
    way: Int64
    places: Bools
    kind: NDArray[np.int8]

    def only(self, keep: Bools) -> _Draft:
        """Return the draft with some of its segments; points stay."""
        names = ("u", "v", "length", "forward", "backward", "way", "places", "kind")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})

    def at(self, points: Int64) -> _Draft:
        """Return the draft with its points taken from `points`; ends stay as numbers."""
        return replace(self, node=self.node[points], lon=self.lon[points], lat=self.lat[points])


def _of_mode(found: Scan, i: int, file: str, box: Box | None) -> StreetFile:
    mode = found.modes[i]
    draft, problems = _draft(found, i, file)
    if box is not None:
        draft = draft.only(_touch(draft, box))
    if not len(draft.u):
        raise remarks.no_streets(mode, file, problems)
    problems += remarks.unread_tags(mode, found.unread[i], file)
    draft = _tidy(_split(draft, found.barriers[i]))
    return _largest(mode, draft, problems, file)


def _draft(found: Scan, i: int, file: str) -> tuple[_Draft, list[Problem]]:
    """Join the nodes of every usable way; where a node is missing the way has a gap."""
    mode, passages = found.modes[i], [p[i] for p in found.passages]
    usable = np.array([p is not None for p in passages], dtype=bool)[found.passage]
    owner = np.repeat(np.arange(len(found.way)), np.diff(found.first))
    here, seen = usable[owner], found.x != UNSEEN
    used, lost = np.flatnonzero(here & seen), owner[here & ~seen]
    node, first, number = np.unique(found.ref[used], return_index=True, return_inverse=True)
    point = np.full(len(owner), -1, dtype=np.int32)
    point[used] = number
    lon, lat = found.x[used[first]] / 1e7, found.y[used[first]] / 1e7
    start = used[used + 1 < len(owner)]
    start = start[(point[start + 1] >= 0) & (owner[start] == owner[start + 1])]
    start = start[point[start] != point[start + 1]]
    u, v, way = point[start], point[start + 1], owner[start]
    metres = 1000.0 * straight_km(lon[u], lat[u], lon[v], lat[v])
    length = np.maximum(np.rint(metres * 1000.0), 1.0)
    rules = _Rules.of(found.passage, passages, broken=np.unique(lost))
    whole = np.bincount(way, weights=metres, minlength=len(found.way))[way]
    ahead = _milliseconds(metres, rules.forward_kmh[way], rules.seconds[way], whole)
    back = _milliseconds(metres, rules.backward_kmh[way], rules.seconds[way], whole)
    fits = (length < FAR) & ((ahead < FAR) | (back < FAR))
    problems = remarks.missing_nodes(mode, found.way[lost], file)
    problems += remarks.too_long(mode, found.way[way[~fits]], file)
    draft = _Draft(
        node, lon, lat, u, v, _int(length), _int(ahead), _int(back),
        found.way[way], rules.places[way], rules.kind[way],
    )  # fmt: skip
    return draft.only(fits), problems


def _int(values: Floats) -> Int32:
    return np.minimum(values, float(FAR)).astype(np.int32)


@dataclass(frozen=True)
class _Rules:
    """What each way allows, as arrays."""

    forward_kmh: Floats
    backward_kmh: Floats
    seconds: Floats
    places: Bools
    kind: NDArray[np.int8]

    @staticmethod
    def of(which: Int32, passages: Sequence[Passage | None], *, broken: Int64) -> _Rules:
        """Spread passages over ways; the stated duration of a way with missing nodes is not used."""
        known = [p or Passage(KINDS[0], 0.0, 0.0) for p in passages]
        seconds = np.array([np.nan if p.seconds is None else p.seconds for p in known], dtype=float)[which]
        seconds[broken] = np.nan
        return _Rules(
            np.array([p.forward_kmh for p in known], dtype=float)[which],
            np.array([p.backward_kmh for p in known], dtype=float)[which],
            seconds,
            np.array([p.places for p in known], dtype=bool)[which],
            np.array([KINDS.index(p.kind) for p in known], dtype=np.int8)[which],
        )


def _milliseconds(metres: Floats, kmh: Floats, seconds: Floats, whole: Floats) -> Floats:
    """Return ms of segments, `FAR` where closed: by speed, or the share of the way's stated duration."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ms = np.where(np.isnan(seconds), metres * 3600.0 / kmh, 1000.0 * seconds * metres / whole)
    return np.where(kmh > 0.0, np.fmax(np.rint(ms), 1.0), float(FAR))


def _touch(draft: _Draft, box: Box) -> Bools:
    """Return whether the rectangle around each segment touches a box, also across the antimeridian."""
    west, south, east, north = box
    width = min(east - west if east >= west else east - west + 360.0, 360.0)
    middle = west + width / 2.0
    lon, lat = (draft.lon - middle + 180.0) % 360.0 - 180.0, draft.lat
    a, p, q = lon[draft.u], lat[draft.u], lat[draft.v]
    b = a + (lon[draft.v] - a + 180.0) % 360.0 - 180.0
    across = (np.minimum(a, b) <= width / 2.0) & (np.maximum(a, b) >= -width / 2.0)
    return np.asarray(across & (np.minimum(p, q) <= north) & (np.maximum(p, q) >= south), dtype=bool)


def _split(draft: _Draft, stopped: Int64) -> _Draft:
    """Give every segment that meets an impassable barrier an end of its own there."""
    stop = np.isin(draft.node, stopped)
    if not stop.any():
        return draft
    ends, points = [draft.u.copy(), draft.v.copy()], [np.arange(len(draft.node))]
    n = len(draft.node)
    for end in ends:
        hit = np.flatnonzero(stop[end])
        points.append(end[hit].astype(np.int64))
        end[hit] = n + np.arange(len(hit), dtype=np.int32)
        n += len(hit)
    return replace(draft.at(np.concatenate(points)), u=ends[0], v=ends[1])


def _tidy(draft: _Draft) -> _Draft:
    """Drop points without segments and number the rest in order."""
    used = np.zeros(len(draft.node), dtype=bool)
    used[draft.u], used[draft.v] = True, True
    number = (np.cumsum(used) - 1).astype(np.int32)
    return replace(draft.at(np.flatnonzero(used)), u=number[draft.u], v=number[draft.v])


def _largest(mode: StreetMode, draft: _Draft, problems: list[Problem], file: str) -> StreetFile:
    ahead, back = draft.forward < FAR, draft.backward < FAR
    piece = pieces(len(draft.node), draft.u, draft.v, forward=ahead, backward=back, strong=mode != "walk")
    keep = (piece[draft.u] == 0) & (piece[draft.v] == 0)
    out = draft.only(~keep)
    metres = float(out.length.sum(dtype=np.int64)) / 1000.0
    problems += remarks.left_out(mode, (piece, draft.lon, draft.lat), metres, file)
    if not keep.any():  # one-ways that never lead back: no two points reach each other
        raise remarks.no_streets(mode, file, problems)
    kept = _tidy(draft.only(keep))
    streets = Streets(
        mode, kept.lon, kept.lat, kept.u, kept.v, kept.length, kept.forward, kept.backward, kept.way
    )
    return StreetFile(streets, kept.places, kept.kind, int((piece > 0).sum()), metres, tuple(problems))
