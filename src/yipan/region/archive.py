"""Open a zip of a region folder safely.

Every name and claimed size is looked at before a byte is unpacked, and unpacking goes into a
temporary folder that is deleted again. Refused: names that lead out of the folder, absolute
names, links, encrypted files, archives in the archive (GTFS feeds under ``transit/`` excepted,
which stay packed), too many or too large files, files that would grow suspiciously.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from yipan import options
from yipan.region.findings import Log
from yipan.region.meta import FILE
from yipan.text import Text

_PACKED = (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".zst")
BROKEN = (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError, RuntimeError)
"""What Python raises while it reads a damaged archive."""
_SMALL = 100_000  # bytes below which a large compression ratio does no harm
_CHUNK = 1 << 20
_IGNORED = ("__MACOSX/", ".DS_Store")


@contextmanager
def unpacked(path: Path, log: Log) -> Iterator[Path | None]:
    """Unpack a zip for the length of the ``with`` block and give the folder with ``region.toml``.

    Gives None, with every reason in `log`, when the archive must not or cannot be opened.
    """
    with tempfile.TemporaryDirectory(prefix="yipan-") as temp:
        folder = Path(temp)
        try:
            with zipfile.ZipFile(path) as archive:
                safe = _is_safe(archive, path.name, log)
                if safe:
                    _unpack(archive, folder)
        except BROKEN as error:
            safe = False
            log.error(
                Text(f"不是完好的 zip 文件:{error}", f"not a sound zip file: {error}"),
                Text("重新打包此文件夹", "pack the folder again"),
                file=path.name,
            )
        yield _inside(folder) if safe else None


def _is_safe(archive: zipfile.ZipFile, file: str, log: Log) -> bool:
    """Say whether every member may be unpacked; log every reason why not."""
    before = len(log.problems)
    repack = Text(
        "不要打开来历不明的压缩包;请对方重新打包",
        "do not open archives of unknown origin; have it packed again",
    )
    members = archive.infolist()
    total, limit = sum(m.file_size for m in members), options.get("region.max_total_mb")
    if total > limit * 1_000_000:
        log.error(
            Text(
                f"声称解开后有 {total / 1e6:,.0f} MB,超过上限 {limit:,} MB,未打开",
                f"claims {total / 1e6:,.0f} MB when unpacked, above the limit of {limit:,} MB; not opened",
            ),
            Text(
                "精简内容,或设置 YIPAN_REGION_MAX_TOTAL_MB",
                "make it smaller, or set YIPAN_REGION_MAX_TOTAL_MB",
            ),
            file=file,
        )
    if len(members) > options.get("region.max_files"):
        log.error(
            Text(f"有 {len(members):,} 个文件,过多", f"it holds {len(members):,} files, which is too many"),
            Text(
                "只打包区域文件夹,或设置 YIPAN_REGION_MAX_FILES",
                "pack only the region folder, or set YIPAN_REGION_MAX_FILES",
            ),
            file=file,
        )
    seen: set[str] = set()
    for member in members:
        what = danger(member, seen, limit_mb=options.get("region.max_file_mb"), feeds=True)
        if what is not None:
            log.error(
                Text(f"{member.filename!r}:{what.zh}", f"{member.filename!r}: {what.en}"), repack, file=file
            )
        seen.add(member.filename.casefold())
    log.unsafe = log.unsafe or len(log.problems) > before
    return len(log.problems) == before


def danger(member: zipfile.ZipInfo, seen: set[str], *, limit_mb: int, feeds: bool = False) -> Text | None:
    """Return why one member of an archive must not be unpacked or read, or None.

    Parameters
    ----------
    seen
        Names of the members before it, case-folded.
    limit_mb
        Largest size of one member when unpacked, MB.
    feeds
        Whether archives under ``transit/`` are expected: feeds of a region, which stay packed.
    """
    name = member.orig_filename
    path = PurePosixPath(name.replace("\\", "/"))
    most = options.get("region.max_ratio")
    kind = stat.S_IFMT(member.external_attr >> 16)
    ratio = member.file_size / max(member.compress_size, 1)
    feed = feeds and "transit" in path.parts[:-1]
    dangers = (
        (
            ".." in path.parts or path.is_absolute() or bool(PureWindowsPath(name).drive) or "\0" in name,
            Text("路径指向压缩包之外", "its path leads out of the archive"),
        ),
        (
            kind not in (0, stat.S_IFREG, stat.S_IFDIR),
            Text("是链接或特殊文件", "it is a link or a special file"),
        ),
        (bool(member.flag_bits & 0x1), Text("已加密", "it is encrypted")),
        (member.filename.casefold() in seen, Text("文件名重复", "its name is there twice")),
        (
            path.suffix.lower() in _PACKED and not feed,
            Text("压缩包中又有压缩包", "it is an archive inside the archive"),
        ),
        (
            member.file_size > limit_mb * 1_000_000,
            Text(f"超过单个文件上限 {limit_mb} MB", f"it is above the limit of {limit_mb} MB for one file"),
        ),
        (
            member.file_size > _SMALL and ratio > most,
            Text(
                f"压缩比 {ratio:,.0f} 异常(压缩炸弹?)",
                f"its compression ratio is {ratio:,.0f} (a compression bomb?)",
            ),
        ),
    )
    return next((why for true, why in dangers if true), None)


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Write the members into `folder`, never more bytes than each has claimed."""
    root = folder.resolve()
    for member in archive.infolist():
        if member.is_dir() or any(mark in member.filename for mark in _IGNORED):
            continue
        target = (root / member.filename).resolve()
        if not target.is_relative_to(root):
            raise OSError(f"{member.filename!r} leads out of the folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        left = member.file_size
        with archive.open(member) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise OSError(f"{member.filename!r} is larger than it claims")
                sink.write(chunk)


def _inside(folder: Path) -> Path:
    """Return the folder that holds ``region.toml``: this one, or the only one in it."""
    inner = [p for p in folder.iterdir() if p.is_dir()]
    if not (folder / FILE).exists() and len(inner) == 1 and (inner[0] / FILE).exists():
        return inner[0]
    return folder
