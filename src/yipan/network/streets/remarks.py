"""What reading a street file has to say: what was left out or passed over, and how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from yipan.errors import Problem, RegionError
from yipan.network.streets.values import Floats, Int32, Int64, StreetMode
from yipan.text import Text

MODE_WORDS: Mapping[StreetMode, Text] = {
    "walk": Text("步行", "walking"),
    "cycle": Text("骑行", "cycling"),
    "drive": Text("驾车", "driving"),
}
_MOST_TAGS = 12  # values named one by one


def no_streets(mode: StreetMode, file: str, problems: list[Problem]) -> RegionError:
    """Return the refusal of a file without any street for a mode."""
    word = MODE_WORDS[mode]
    what = Text(f"{file} 中没有可{word.zh}的街道", f"{file} has no street for {word.en}")
    remedy = Text(
        "检查文件覆盖的范围、选定的范围与通行规则", "check the area of the file, the box and the access rules"
    )
    return RegionError(what, problems=[*problems, Problem(what=what, remedy=remedy, file=file)])


def missing_nodes(mode: StreetMode, ways: Int64, file: str) -> list[Problem]:
    """Say which ways have nodes that are not in the file; `ways` has an entry for every such node."""
    if not len(ways):
        return []
    distinct = np.unique(ways)
    named = ", ".join(map(str, distinct[:3])) + (" …" if len(distinct) > 3 else "")
    word = MODE_WORDS[mode]
    return [
        Problem(
            what=Text(
                f"{word.zh}:{len(distinct):,} 条道路引用了文件中没有(或坐标无效)的 {len(ways):,} 个节点"
                f"({named}),街道在缺失处断开",
                f"{word.en}: {len(distinct):,} ways refer to {len(ways):,} nodes that are not in the file "
                f"or not on Earth ({named}); streets end where a node is missing",
            ),
            remedy=Text(
                "若不在范围边缘,用 osmium extract --strategy=complete_ways 重新裁剪",
                "unless this is at the edge of the area, cut it again with osmium extract "
                "--strategy=complete_ways",
            ),
            file=file,
            severity="warning",
        )
    ]


def too_long(mode: StreetMode, ways: Int64, file: str) -> list[Problem]:
    """Say which ways have a segment longer than the engine counts (537 km, 149 h)."""
    word = MODE_WORDS[mode]
    return [
        Problem(
            what=Text(
                f"{word.zh}:道路 {way} 有一段超过 537 公里或 149 小时,未采用",
                f"{word.en}: way {way} has a stretch above 537 km or 149 h, which was left out",
            ),
            remedy=Text("检查该道路的坐标与时长", "check the coordinates and the duration of that way"),
            file=file,
            severity="warning",
        )
        for way in np.unique(ways)
    ]


def unread_tags(mode: StreetMode, unread: Counter[str], file: str) -> list[Problem]:
    """Say which tag values could not be read, the most frequent first."""
    word = MODE_WORDS[mode]
    ordered = sorted(unread.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(n for _, n in ordered[_MOST_TAGS:])
    told = [(f"{tag}", n) for tag, n in ordered[:_MOST_TAGS]] + ([("…", rest)] if rest else [])
    return [
        Problem(
            what=Text(
                f"{word.zh}:{n:,} 条道路的标签读不懂({tag}),按未标注处理",
                f"{word.en}: the tag {tag} of {n:,} ways cannot be read and counts as missing",
            ),
            remedy=Text("在 OpenStreetMap 中改正该标签", "correct the tag in OpenStreetMap"),
            file=file,
            column=tag.partition("=")[0],
            severity="warning",
        )
        for tag, n in told
    ]


def left_out(
    mode: StreetMode, points: tuple[Int32, Floats, Floats], metres: float, file: str
) -> list[Problem]:
    """Say how much is not connected with the largest piece.

    Parameters
    ----------
    points
        Piece (0 is the largest), longitude and latitude of every point.
    metres
        Length of the segments that are left out.
    """
    piece, lon, lat = points
    out = int((piece > 0).sum())
    if not out:
        return []
    word = MODE_WORDS[mode]
    share, km = out / len(piece), metres / 1000.0
    where = np.flatnonzero(piece == 1)
    near = f"{lon[where[0]]:.4f}, {lat[where[0]]:.4f}" if len(where) else "-"
    return [
        Problem(
            what=Text(
                f"{word.zh}:{out:,} 个点({share:.1%})、{km:,.1f} 公里街道与最大的连通部分不相连,未采用;"
                f"其中最大的一片有 {len(where):,} 个点,位于 {near}",
                f"{word.en}: {out:,} points ({share:.1%}) and {km:,.1f} km of street are not connected "
                f"with the largest piece and were left out; the largest of them has {len(where):,} points, "
                f"at {near}",
            ),
            remedy=Text(
                "若其中有需要的地方(岛屿、封闭小区),在 OpenStreetMap 中补画连接或轮渡,或调整通行规则",
                "where they matter (an island, a gated quarter), map the missing link or ferry in "
                "OpenStreetMap, or change the access rules",
            ),
            file=file,
            severity="warning",
        )
    ]
