"""Open a feed's zip safely: nothing is unpacked to disk, and no more is read than was claimed and checked.

Refused whole: names that lead out of the archive, links, encrypted members, archives in the archive,
more members than option ``region.max_files``, members that would grow suspiciously (``region.max_ratio``),
more than ``network.max_feed_mb`` in total. Members that are not GTFS tables are never opened.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yipan import options
from yipan.network.timetable.report import Report
from yipan.region.archive import BROKEN, danger
from yipan.text import Text


@dataclass(frozen=True)
class Archive:
    """The tables of an open feed: by lower-case file name, such as ``stops.txt``."""

    zip: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def open(self, name: str) -> io.BufferedReader:
        """Open one table as bytes: never more than it claims to hold, and a checksum at the end."""
        return io.BufferedReader(self.zip.open(self.members[name]), 1 << 20)  # type: ignore[arg-type]


@contextmanager
def opened(path: Path, report: Report) -> Iterator[Archive | None]:
    """Open a feed for the length of the ``with`` block.

    Gives None, with every reason in `report`, when it must not or cannot be opened.
    """
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        report.add(
            Text(f"不是完好的 zip 文件:{_words(error)}", f"not a sound zip file: {_words(error)}"),
            Text("重新下载或重新打包此数据", "download or pack the feed again"),
        )
        yield None
        return
    with archive:
        _refuse_danger(archive, report)
        yield None if report.unsafe else Archive(archive, _tables(archive, report))


def _words(error: Exception) -> str:
    """Return an error in words, without the folder of the file."""
    return (error.strerror or "") if isinstance(error, OSError) and error.strerror else str(error)


def _tables(archive: zipfile.ZipFile, report: Report) -> dict[str, zipfile.ZipInfo]:
    """Find the tables: at the top, or all in one folder (common, and harmless)."""
    files = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    tables = [m for m in files if m.filename.lower().endswith(".txt")]
    at_top = [m for m in tables if "/" not in m.filename]
    folders = {m.filename.rpartition("/")[0] for m in tables}
    if not at_top and len(folders) == 1:
        report.add(
            Text("各表放在压缩包内的文件夹中", "the tables stand in a folder inside the archive"),
            Text("把各表直接打包在压缩包顶层", "pack the tables at the top of the archive"),
            severity="warning",
        )
        at_top = tables
    return {m.filename.rpartition("/")[2].lower(): m for m in at_top}


def _refuse_danger(archive: zipfile.ZipFile, report: Report) -> None:
    """Report every reason why the archive must not be read, and mark the report as unsafe."""
    members, before = archive.infolist(), len(report.problems)
    total, limit = sum(m.file_size for m in members), options.get("network.max_feed_mb")
    if total > limit * 1_000_000:
        report.add(
            Text(
                f"声称解开后有 {total / 1e6:,.0f} MB,超过上限 {limit:,} MB,未打开",
                f"claims {total / 1e6:,.0f} MB when unpacked, above the limit of {limit:,} MB; not opened",
            ),
            Text(
                "精简数据,或设置 YIPAN_NETWORK_MAX_FEED_MB", "thin it out, or set YIPAN_NETWORK_MAX_FEED_MB"
            ),
        )
    if len(members) > options.get("region.max_files"):
        report.add(
            Text(f"有 {len(members):,} 个文件,过多", f"it holds {len(members):,} files, which is too many"),
            Text("只打包 GTFS 各表", "pack only the tables of the feed"),
        )
    seen: set[str] = set()
    for member in members:
        what = danger(member, seen, limit_mb=limit)
        if what is not None:
            report.add(
                Text(f"{member.filename!r}:{what.zh}", f"{member.filename!r}: {what.en}"),
                Text(
                    "不要打开来历不明的数据;向发布者重新索取",
                    "do not use feeds of unknown origin; get it again from its publisher",
                ),
            )
        seen.add(member.filename.casefold())
    report.unsafe = len(report.problems) > before
