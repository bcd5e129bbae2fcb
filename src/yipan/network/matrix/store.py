"""A finished travel-time matrix: in memory, or memory-mapped files of a folder.

A folder holds ``matrix.json`` (what it is), one ``p50.npy`` a percentile (uint16 codes, see
`yipan.network.matrix.codes`) and ``blocks.npy``: one int64 a block of origins, 0 until the block is on
disk, then its unit (upper half) and the CRC-32 of its codes (lower half). A file of codes without
that record means nothing: blocks not computed read as 0. Nothing is unpickled.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from yipan import options
from yipan.errors import OptionError, Problem, RegionError, UnknownName, UnsafeFile
from yipan.network.matrix.codes import UNITS, Codes, coarser, decode
from yipan.network.matrix.size import SECONDS_BYTES, MatrixSize, refuse_in_memory
from yipan.text import Text

Number = TypeVar("Number", bound=np.generic)
HEAD, RECORD = "matrix.json", "blocks.npy"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Head:
    """What a matrix is: the digest of its source, its rows, columns and planes, origins a block."""

    digest: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    percentiles: tuple[int, ...]
    block: int

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and one past the last origin of every block."""
        n = len(self.origins)
        return [(a, min(a + self.block, n)) for a in range(0, n, self.block)]

    @property
    def size(self) -> MatrixSize:
        """The size of the stored matrix."""
        return MatrixSize(len(self.origins), len(self.destinations), len(self.percentiles))

    def plane_names(self) -> list[str]:
        """File of each percentile."""
        return [f"p{p:02d}.npy" for p in self.percentiles]


@dataclass(frozen=True)
class Matrix:
    """Travel times between places by percentile of departures, as uint16 codes; also a source of rows.

    Parameters
    ----------
    source
        Digest of what it was computed from.
    planes
        uint16, shape (origins, destinations) each, one a percentile; codes in the unit of their block.
    block_rows, units
        Origins a block; seconds a unit of each block.
    folder
        Where it lies, None in memory.

    Notes
    -----
    The **unit** of the matrix is the coarsest of its blocks; all methods speak in it, so nothing depends on
    how the origins were cut into blocks. Times are rounded up to it. Use it in a ``with`` statement, or call
    `close`, to let go of its files.
    """

    source: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    percentiles: tuple[int, ...]
    planes: tuple[Codes, ...]
    block_rows: int
    units: NDArray[np.uint8]
    folder: Path | None = None

    @property
    def unit(self) -> int:
        """Seconds a unit: 1, 2 or 4."""
        return int(self.units.max(initial=1))

    @property
    def digest(self) -> str:
        """Content id of the stored times: that of the source, and the unit where they are rounded."""
        return self.source if self.unit == 1 else f"{self.source}-{self.unit}s"

    @property
    def size(self) -> MatrixSize:
        """How large it is."""
        return MatrixSize(len(self.origins), len(self.destinations), len(self.percentiles))

    def block(self, start: int, stop: int, *, percentile: int | None = None) -> Codes:
        """Return the codes from origins `start` to `stop` − 1, shape (stop − start, destinations), read now.

        Parameters
        ----------
        percentile
            Which; may be left out where there is one, or where the median is among them.
        """
        if not self.planes:
            raise RegionError(Text("矩阵已关闭", "the matrix is closed"))
        plane, unit = self.planes[plane_of(self.percentiles, percentile)], self.unit
        first, last = start // self.block_rows, -(-stop // self.block_rows)
        if (self.units[first:last] == unit).all():
            return np.asarray(plane[start:stop])
        out = np.empty((stop - start, len(self.destinations)), dtype=np.uint16)
        for b in range(first, last):
            a, z = max(start, b * self.block_rows), min(stop, (b + 1) * self.block_rows)
            out[a - start : z - start] = coarser(plane[a:z], unit=int(self.units[b]), to=unit)
        return out

    def rows(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return int32 seconds from origins `start` to `stop` − 1, shape (…, destinations, percentiles)."""
        planes = [decode(self.block(start, stop, percentile=p), unit=self.unit) for p in self.percentiles]
        return np.stack(planes, axis=2)

    def seconds(self, *, percentile: int | None = None) -> NDArray[np.int32]:
        """Return one percentile as int32 seconds, shape (origins, destinations), all in memory.

        Raises
        ------
        MeasureError
            When that is more than option ``network.max_matrix_mb`` allows.
        """
        refuse_in_memory(MatrixSize(len(self.origins), len(self.destinations), entry=SECONDS_BYTES))
        return decode(self.block(0, len(self.origins), percentile=percentile), unit=self.unit)

    def row(self, origin: str, *, percentile: int | None = None) -> NDArray[np.int32]:
        """Return int32 seconds from one origin to every destination, `UNREACHED` where there is no way."""
        if origin not in self.origins:
            raise UnknownName(Text(f"矩阵没有起点 {origin}", f"the matrix has no origin {origin}"))
        at = self.origins.index(origin)
        found: NDArray[np.int32] = decode(self.block(at, at + 1, percentile=percentile), unit=self.unit)[0]
        return found

    def close(self) -> None:
        """Let go of the files; whatever was read stays valid."""
        object.__setattr__(self, "planes", ())

    def __enter__(self) -> Matrix:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def plane_of(percentiles: Sequence[int], wanted: int | None) -> int:
    """Return the position of a percentile; left out: the only one, else the median.

    Examples
    --------
    >>> plane_of((5, 50, 95), None), plane_of((5, 50, 95), 95), plane_of((30,), None)
    (1, 2, 0)
    """
    if wanted is None and len(percentiles) == 1:
        return 0
    if (50 if wanted is None else wanted) in percentiles:
        return list(percentiles).index(50 if wanted is None else wanted)
    there = ", ".join(map(str, percentiles))
    raise OptionError(
        Text(
            f"没有百分位数 {wanted if wanted is not None else 50};现有 {there}",
            f"there is no percentile {wanted if wanted is not None else 50}; there are {there}",
        )
    )


def open_matrix(folder: Path, *, digest: str | None = None, check: bool = False) -> Matrix:
    """Open the finished matrix of a folder; codes are read when asked for.

    Parameters
    ----------
    digest
        Digest of the source it must have been computed from.
    check
        Read every block now and compare its CRC-32.

    Raises
    ------
    RegionError
        When there is none, it is unfinished, of another source, cut short or damaged: named, with the remedy.
    """
    folder = Path(folder)
    head = read_head(folder)
    if digest is not None and digest != head.digest:
        raise other_source(folder, head, digest)
    planes, record = read_planes(folder, head), read_record(folder, head)
    left = int((record == 0).sum())
    if left:
        what = Text(f"还有 {left} 块未算完", f"{left} of {len(record)} blocks are not computed")
        remedy = Text(
            "用同一来源对该文件夹再次运行 compute_matrix",
            "run compute_matrix on the folder again with its source",
        )
        raise unsound(folder, RECORD, what, remedy)
    bad = damaged(head, planes, record) if check else np.flatnonzero(~np.isin(record >> 32, UNITS)).tolist()
    if bad:
        what = Text(f"第 {bad} 块与其校验和不符", f"blocks {bad} differ from their checksums")
        remedy = Text(
            "对该文件夹再次运行 compute_matrix,只重算这些块",
            "run compute_matrix on the folder again: it computes just these",
        )
        raise unsound(folder, RECORD, what, remedy)
    return finished(head, planes, units=(record >> 32).astype(np.uint8), folder=folder)


def finished(head: Head, planes: Sequence[Codes], *, units: NDArray[np.uint8], folder: Path | None) -> Matrix:
    """Return the matrix made of these parts."""
    return Matrix(
        source=head.digest,
        origins=head.origins,
        destinations=head.destinations,
        percentiles=head.percentiles,
        planes=tuple(planes),
        block_rows=head.block,
        units=units,
        folder=folder,
    )


def checksum(planes: Iterator[Codes] | Sequence[Codes]) -> int:
    """Return the CRC-32 of the codes of one block, plane after plane."""
    crc = 0
    for codes in planes:
        crc = zlib.crc32(np.ascontiguousarray(codes, dtype="<u2").data, crc)
    return crc


def damaged(head: Head, planes: Sequence[Codes], record: NDArray[np.int64]) -> list[int]:
    """Return the finished blocks whose codes differ from their checksums."""
    return [
        b
        for b, (a, z) in enumerate(head.spans)
        if record[b]
        and (
            int(record[b]) >> 32 not in UNITS
            or checksum([p[a:z] for p in planes]) != int(record[b]) & 0xFFFFFFFF
        )
    ]


def read_head(folder: Path) -> Head:
    """Read ``matrix.json``, refusing what it is not."""
    path = folder / HEAD
    if not path.is_file():
        remedy = Text("先用 compute_matrix 计算", "compute it with compute_matrix")
        raise unsound(folder, HEAD, Text("文件夹里没有矩阵", "there is no matrix in the folder"), remedy)
    if path.stat().st_size > options.get("region.max_file_mb") * 1_000_000:
        raise UnsafeFile(Text(f"{HEAD} 过大", f"{HEAD} is too large"))
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] != VERSION or raw["format"] != "yipan-matrix":
            raise ValueError("version")
        return _head(raw)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what = Text(f"不是矩阵的描述:{error}", f"not the description of a matrix: {error}")
        raise unsound(
            folder, HEAD, what, Text("删除该文件夹重新计算", "delete the folder and compute again")
        ) from None


def _head(raw: Mapping[str, object]) -> Head:
    def texts(name: str) -> tuple[str, ...]:
        value = raw[name]
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise ValueError(name)
        return tuple(value)

    digest, block, percentiles = raw["digest"], raw["block"], raw["percentiles"]
    if not isinstance(digest, str) or not isinstance(block, int) or block < 1:
        raise ValueError("digest, block")
    if not isinstance(percentiles, list) or not all(
        isinstance(p, int) and 0 <= p <= 100 for p in percentiles
    ):
        raise ValueError("percentiles")
    return Head(digest, texts("origins"), texts("destinations"), tuple(percentiles), block)


def head_json(head: Head) -> str:
    """Return the text of ``matrix.json``."""
    values = {f.name: getattr(head, f.name) for f in fields(head)}
    return json.dumps({"format": "yipan-matrix", "version": VERSION, **values}, ensure_ascii=False)


def read_planes(folder: Path, head: Head) -> list[Codes]:
    """Map the codes of every percentile, refusing files that are cut short or of another shape."""
    shape = (len(head.origins), len(head.destinations))
    return [
        _array(folder, name, np.dtype(np.uint16).newbyteorder("<"), shape, mapped=True)
        for name in head.plane_names()
    ]


def read_record(folder: Path, head: Head) -> NDArray[np.int64]:
    """Read which blocks are finished."""
    return _array(folder, RECORD, np.dtype(np.int64).newbyteorder("<"), (len(head.spans),), mapped=False)


def _array(
    folder: Path, name: str, dtype: np.dtype[Number], shape: tuple[int, ...], *, mapped: bool
) -> NDArray[Number]:
    mapped = mapped and 0 not in shape  # nothing cannot be mapped
    try:
        # a file shorter than its header says cannot be mapped: ValueError
        found: NDArray[Number] | None = np.load(
            folder / name, mmap_mode="r" if mapped else None, allow_pickle=False
        )
    except (OSError, ValueError, EOFError) as error:
        found, why = None, str(error)
    else:
        if not isinstance(found, np.ndarray):  # an archive of arrays
            found = None
        why = "" if found is None else f"{found.dtype} {found.shape}"
    if found is None or found.dtype != dtype or found.shape != shape or not found.flags.c_contiguous:
        what = Text(f"文件损坏或被截断({why})", f"damaged or cut short ({why})")
        raise unsound(folder, name, what, Text("删除该文件夹重新计算", "delete the folder and compute again"))
    return found


def other_source(folder: Path, head: Head, digest: str) -> RegionError:
    """Return the refusal of a folder whose matrix is of another source."""
    what = Text(
        f"其中的矩阵来自 {head.digest},不是 {digest}",
        f"the matrix in it is of {head.digest}, not of {digest}",
    )
    remedy = Text("换一个文件夹,或先删除它", "give another folder, or delete this one first")
    return unsound(folder, HEAD, what, remedy)


def unsound(folder: Path, file: str, what: Text, remedy: Text) -> RegionError:
    """Return the error about one file of a matrix folder."""
    name = folder.name
    return RegionError(
        Text(f"矩阵文件夹 {name} 不能使用", f"the matrix folder {name} cannot be used"),
        problems=[Problem(what=what, remedy=remedy, file=file)],
    )
