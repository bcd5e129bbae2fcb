"""One pass over an OpenStreetMap file: the ways that some mode may use, as arrays."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import osmium
from osmium.filter import KeyFilter
from osmium.osm import NODE, WAY, Node, Way

from yipan import options
from yipan.errors import Problem, RegionError, UnsafeFile
from yipan.network.streets.rules import TAGS, Passage, StreetRules, blocked, passage, unknown_kind
from yipan.network.streets.speeds import Speeds
from yipan.network.streets.values import Int32, Int64, StreetMode
from yipan.text import Text

UNSEEN = np.int32(2**31 - 1)
"""Coordinate of a node that is not in the file, or not on Earth."""
SUFFIXES = (".pbf", ".osm")
_KEYS = ("highway", "route", "railway", "public_transport")


@dataclass(frozen=True)
class Scan:
    """What a file holds.

    Parameters
    ----------
    modes
        What was asked for.
    way
        Ids of the ways kept (ways,), ascending.
    first
        References of each way: ``first[w]`` to ``first[w + 1] − 1`` (ways + 1,).
    ref, x, y
        Node of each reference, and its coordinates in 1e-7 degrees, `UNSEEN` where the node is missing.
    passages
        Every kind of passage met, each a value for every mode (None: closed).
    passage
        Which of them a way has (ways,).
    barriers
        By mode, ids of the nodes that stop it, ascending.
    unread
        How many ways have a tag whose value could not be read, by mode and ``key=value``.
    """

    modes: tuple[StreetMode, ...]
    way: Int64
    first: Int64
    ref: Int64
    x: Int32
    y: Int32
    passages: tuple[tuple[Passage | None, ...], ...]
    passage: Int32
    barriers: tuple[Int64, ...]
    unread: tuple[Counter[str], ...]


def scan(path: Path, modes: Sequence[StreetMode], *, rules: StreetRules, speeds: Speeds) -> Scan:
    """Read a file once for several modes.

    Raises
    ------
    UnsafeFile
        When the file is larger than the option ``region.max_file_mb``.
    RegionError
        When there is no such file, it is empty or it cannot be read as OpenStreetMap data.
    """
    _check(path)
    try:
        return _scan(path, tuple(modes), rules, speeds)
    except (RuntimeError, ValueError, OSError) as error:  # osmium names what is wrong by any of them
        raise _unreadable(path, str(error)) from error


def _check(path: Path) -> None:
    if not path.is_file():
        raise _refused(
            path,
            Text("没有这个文件", "there is no such file"),
            Text("放入 OpenStreetMap 数据摘录(.osm.pbf)", "put an OpenStreetMap extract (.osm.pbf) there"),
        )
    if path.suffix.lower() not in SUFFIXES:
        raise _refused(
            path,
            Text(f"不认识的文件类型 {path.suffix!r}", f"unknown kind of file {path.suffix!r}"),
            Text("使用 .osm.pbf 或 .osm 文件", "use a .osm.pbf or a .osm file"),
        )
    size, limit = path.stat().st_size, options.get("region.max_file_mb")
    if size > limit * 1_000_000:
        raise UnsafeFile(
            Text(f"{path.name} 过大,未打开", f"{path.name} is too large and was not opened"),
            problems=[
                Problem(
                    what=Text(
                        f"文件有 {size / 1e6:,.0f} MB,上限为 {limit:,} MB",
                        f"the file has {size / 1e6:,.0f} MB, the limit is {limit:,} MB",
                    ),
                    remedy=Text(
                        "裁剪到所需范围;若确需这么大,设置 YIPAN_REGION_MAX_FILE_MB",
                        "cut it to the area you need; if it must be this large, set YIPAN_REGION_MAX_FILE_MB",
                    ),
                    file=path.name,
                )
            ],
        )
    if size == 0:
        raise _unreadable(path, "0 bytes")


def _refused(path: Path, what: Text, remedy: Text) -> RegionError:
    return RegionError(
        Text(f"读不出街道文件 {path.name}", f"the street file {path.name} cannot be read"),
        problems=[Problem(what=what, remedy=remedy, file=path.name)],
    )


def _unreadable(path: Path, why: str) -> RegionError:
    return _refused(
        path,
        Text(f"不是完好的 OpenStreetMap 数据:{why}", f"not sound OpenStreetMap data: {why}"),
        Text("重新下载或重新裁剪此文件", "download it again, or cut it again"),
    )


class _Ways:
    """Ways met so far; the rules are asked once for every combination of tags."""

    def __init__(self, modes: tuple[StreetMode, ...], rules: StreetRules, speeds: Speeds) -> None:
        self.modes, self.rules, self.speeds = modes, rules, speeds
        self.known: dict[frozenset[tuple[str, str]], int] = {}
        self.passages: list[tuple[Passage | None, ...]] = []
        self.ids, self.count, self.passage = array("q"), array("q"), array("i")
        self.nodes = array("q")  # node, x, y of every reference
        self.unknown: Counter[str] = Counter()
        self.barriers: tuple[list[int], ...] = tuple([] for _ in modes)

    def add(self, way: Way) -> None:
        tags = frozenset((t.k, t.v) for t in way.tags if t.k in TAGS)
        at = self.known.get(tags)
        if at is None:
            given = dict(tags)
            found = tuple(passage(given, m, rules=self.rules, speeds=self.speeds) for m in self.modes)
            at = -2 if unknown_kind(given) else -1
            if any(p is not None for p in found):
                at = len(self.passages)
                self.passages.append(found)
            self.known[tags] = at
        if at == -2:
            self.unknown[f"highway={way.tags['highway']}"] += 1
        if at >= 0:
            self.ids.append(way.id)
            self.passage.append(at)
            self.count.append(len(way.nodes))
            self.nodes.extend(chain.from_iterable([(n.ref, n.x, n.y) for n in way.nodes]))

    def add_barrier(self, node: Node) -> None:
        tags = {t.k: t.v for t in node.tags if t.k in TAGS}
        for mode, stopped in zip(self.modes, self.barriers, strict=True):
            if blocked(tags, mode, rules=self.rules):
                stopped.append(node.id)


def _scan(path: Path, modes: tuple[StreetMode, ...], rules: StreetRules, speeds: Speeds) -> Scan:
    ways = _Ways(modes, rules, speeds)
    source = osmium.FileProcessor(str(path.resolve()), NODE | WAY).with_locations()
    of_ways, of_nodes = KeyFilter(*_KEYS), KeyFilter("barrier")
    of_ways.enable_for(WAY)
    of_nodes.enable_for(NODE)
    for item in source.with_filter(of_ways).with_filter(of_nodes):
        if isinstance(item, Way):
            ways.add(item)
        elif isinstance(item, Node):
            ways.add_barrier(item)
    nodes = np.array(ways.nodes, dtype=np.int64).reshape(-1, 3)
    ref, x, y = nodes[:, 0].copy(), nodes[:, 1].astype(np.int32), nodes[:, 2].astype(np.int32)
    x[(np.abs(nodes[:, 1]) > 1_800_000_000) | (np.abs(nodes[:, 2]) > 900_000_000)] = UNSEEN
    unseen = x == UNSEEN
    if unseen.any() and (unseen.mean() > 0.5 or (ref[unseen] < 0).any()):
        _look_again(path, ref, x, y)
    return _sorted(ways, ref, x, y)


def _look_again(path: Path, ref: Int64, x: Int32, y: Int32) -> None:
    """Find, in place, nodes that stand behind their ways or have negative ids (edited files)."""
    wanted = set(ref[x == UNSEEN].tolist())
    found = {
        n.id: (n.location.x, n.location.y)
        for n in osmium.FileProcessor(str(path.resolve()), NODE)
        if isinstance(n, Node) and n.id in wanted and n.location.valid()
    }
    for i in np.flatnonzero(x == UNSEEN):
        x[i], y[i] = found.get(int(ref[i]), (UNSEEN, UNSEEN))


def _sorted(ways: _Ways, ref: Int64, x: Int32, y: Int32) -> Scan:
    """Order ways by id, so that the result does not depend on the order of the file."""
    ids, count = np.array(ways.ids, dtype=np.int64), np.array(ways.count, dtype=np.int64)
    which = np.array(ways.passage, dtype=np.int32)
    order = np.argsort(ids, kind="stable")
    start = (np.cumsum(count) - count)[order]
    first = np.concatenate([[0], np.cumsum(count[order])]).astype(np.int64)
    at = np.repeat(start - first[:-1], count[order]) + np.arange(len(ref))
    unread: tuple[Counter[str], ...] = tuple(ways.unknown.copy() for _ in ways.modes)
    for found, times in zip(ways.passages, np.bincount(which, minlength=len(ways.passages)), strict=True):
        for counter, p in zip(unread, found, strict=True):
            counter.update({tag: int(times) for tag in (p.unread if p else ())})
    barriers = tuple(np.unique(np.array(b, dtype=np.int64)) for b in ways.barriers)
    return Scan(
        ways.modes, ids[order], first, ref[at], x[at], y[at], tuple(ways.passages), which[order],
        barriers, unread,
    )  # fmt: skip
