"""Where finished blocks go: arrays in memory, or files that survive being killed.

On disk a block counts as finished only after its codes have reached the disk: codes are written and synced
first, the record of the block after them. A run that is killed loses at most the blocks of the
last seconds; the next one, with the same source, goes on.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from yipan.errors import Problem, RegionError
from yipan.network.matrix import store
from yipan.network.matrix.codes import Codes
from yipan.network.matrix.size import refuse_in_memory
from yipan.network.matrix.store import HEAD, RECORD, Head, Matrix
from yipan.text import Text

_log = logging.getLogger(__name__)
_COMMIT_SECONDS = 2.0


class Sink(Protocol):
    """Takes finished blocks in any order."""

    head: Head

    @property
    def pending(self) -> list[int]:
        """Blocks that are not finished yet, ascending."""
        ...

    def put(self, index: int, unit: int, codes: Codes) -> None:
        """Take block `index`: its unit and codes, shape (percentiles, rows, destinations)."""
        ...

    def close(self) -> None:
        """Make sure of everything taken so far."""
        ...

    def result(self) -> Matrix:
        """Return the finished matrix."""
        ...


class MemorySink:
    """Blocks into arrays."""

    def __init__(self, head: Head) -> None:
        refuse_in_memory(head.size)
        self.head = head
        shape = (len(head.percentiles), len(head.origins), len(head.destinations))
        self._planes = np.empty(shape, dtype=np.uint16)
        self._units = np.zeros(len(head.spans), dtype=np.uint8)

    @property
    def pending(self) -> list[int]:
        """Blocks that are not finished yet, ascending."""
        return np.flatnonzero(self._units == 0).tolist()

    def put(self, index: int, unit: int, codes: Codes) -> None:
        """Take block `index`."""
        start, stop = self.head.spans[index]
        self._planes[:, start:stop] = codes
        self._units[index] = unit

    def close(self) -> None:
        """Do nothing: all is in place."""

    def result(self) -> Matrix:
        """Return the finished matrix, read-only."""
        self._planes.setflags(write=False)
        self._units.setflags(write=False)
        return store.finished(self.head, list(self._planes), units=self._units, folder=None)


class FolderSink:
    """Blocks into the files of a folder, begun or gone on with."""

    def __init__(self, head: Head, folder: Path) -> None:
        self.folder = Path(folder)
        self.head = _begun(self.folder, head)
        self._record = np.array(store.read_record(self.folder, self.head))
        self._distrust(store.read_planes(self.folder, self.head))
        self._files = [(self.folder / name).open("r+b") for name in self.head.plane_names()]
        self._waiting: list[tuple[int, int]] = []
        self._last = time.monotonic()

    def _distrust(self, planes: Sequence[Codes]) -> None:
        bad = store.damaged(self.head, planes, self._record)
        if bad:
            _log.warning(
                "blocks %s of %s differ from their checksums and are computed again", bad, self.folder.name
            )
            self._record[bad] = 0
            self._enter(bad)

    @property
    def pending(self) -> list[int]:
        """Blocks that are not finished yet, ascending."""
        done = self._record != 0
        done[[index for index, _ in self._waiting]] = True
        return np.flatnonzero(~done).tolist()

    def put(self, index: int, unit: int, codes: Codes) -> None:
        """Take block `index`; it counts after the next commit."""
        start = self.head.spans[index][0]
        with _disk(self.folder):
            for file, plane in zip(self._files, codes, strict=True):
                file.seek(_data_offset(file, self.head) + start * len(self.head.destinations) * 2)
                file.write(np.ascontiguousarray(plane, dtype="<u2").data)
        self._waiting.append((index, unit << 32 | store.checksum(list(codes))))
        if time.monotonic() - self._last > _COMMIT_SECONDS:
            self._commit()

    def _commit(self) -> None:
        with _disk(self.folder):
            for file in self._files:
                _sync(file)
            for index, entry in self._waiting:
                self._record[index] = entry
            self._enter([index for index, _ in self._waiting])
        self._waiting.clear()
        self._last = time.monotonic()

    def _enter(self, blocks: Sequence[int]) -> None:
        with (self.folder / RECORD).open("r+b") as file:
            offset = file.seek(0, os.SEEK_END) - 8 * len(self._record)
            for index in blocks:
                file.seek(offset + 8 * index)
                file.write(int(self._record[index]).to_bytes(8, "little"))
            _sync(file)

    def close(self) -> None:
        """Commit what was taken and let go of the files."""
        if any(file.closed for file in self._files):
            return
        try:
            self._commit()
        finally:
            for file in self._files:
                file.close()

    def result(self) -> Matrix:
        """Return the finished matrix, memory-mapped."""
        self.close()
        return store.open_matrix(self.folder, digest=self.head.digest)


def _begun(folder: Path, head: Head) -> Head:
    """Return the head of the folder: as found when it is of the same source, else begun now."""
    if (folder / HEAD).exists():
        found = store.read_head(folder)
        same = (found.digest, found.origins, found.destinations, found.percentiles) == (
            head.digest,
            head.origins,
            head.destinations,
            head.percentiles,
        )
        if not same:
            raise store.other_source(folder, found, head.digest)
        return found
    _room(folder, head)
    shape = (len(head.origins), len(head.destinations))
    for name in head.plane_names():
        _create(folder / name, np.dtype("<u2"), shape)
    np.save(folder / RECORD, np.zeros(len(head.spans), dtype="<i8"), allow_pickle=False)
    # the description comes last: a folder without it is begun anew
    new = folder / (HEAD + ".new")
    with new.open("wb") as file:
        file.write(store.head_json(head).encode())
        _sync(file)
    new.replace(folder / HEAD)
    return head


def _room(folder: Path, head: Head) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ours = {RECORD, HEAD + ".new", *head.plane_names()}
    foreign = sorted(p.name for p in folder.iterdir() if p.name not in ours)
    if foreign:
        what = Text(f"文件夹里有别的文件:{foreign[0]}", f"there are other files in the folder: {foreign[0]}")
        raise store.unsound(folder, foreign[0], what, Text("给出空文件夹", "give an empty folder"))
    free = shutil.disk_usage(folder).free
    if head.size.nbytes > free:
        what = Text(
            f"矩阵 {head.size.text.zh};磁盘只剩 {free / 1e6:,.0f} MB",
            f"{head.size.text.en}; {free / 1e6:,.0f} MB are free on the disk",
        )
        raise RegionError(
            Text("磁盘空间不足", "there is not enough room on the disk"),
            problems=[
                Problem(
                    what=what, remedy=Text("换一块磁盘或缩小矩阵", "choose another disk or a smaller matrix")
                )
            ],
        )


def _create(path: Path, dtype: np.dtype[np.generic], shape: tuple[int, int]) -> None:
    if 0 in shape:
        np.save(path, np.zeros(shape, dtype=dtype), allow_pickle=False)
    else:  # as long as it will be, without writing it
        np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)


def _data_offset(file: BinaryIO, head: Head) -> int:
    return os.fstat(file.fileno()).st_size - len(head.origins) * len(head.destinations) * 2


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = Text(
            "腾出空间后再次运行,已完成的块不会丢失", "make room and run again: finished blocks stay"
        )
        raise store.unsound(
            folder, "", Text(f"写入失败:{error}", f"writing failed: {error}"), remedy
        ) from None


def sink_of(head: Head, folder: Path | None) -> Sink:
    """Return where the blocks go: a folder, or memory when there is none."""
    return MemorySink(head) if folder is None else FolderSink(head, folder)
