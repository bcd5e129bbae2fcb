"""Compute a travel-time matrix block by block, here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from yipan.errors import MeasureError, OptionError
from yipan.network.matrix.codes import Codes, encode
from yipan.network.matrix.store import Head, Matrix
from yipan.network.matrix.values import Rows
from yipan.network.matrix.writing import sink_of
from yipan.text import Text

Progress = Callable[[int, int, Text], None]
STEP = Text("计算出行时间矩阵", "computing the travel-time matrix")
_BLOCK_BYTES = 32_000_000  # of int32 seconds at once
_MOST_ROWS = 1024


def compute_matrix(
    rows: Rows, folder: Path | None = None, *, block: int | None = None, progress: Progress | None = None
) -> Matrix:
    """Return the travel-time matrix of a source of rows, stored as uint16 (`yipan.network.matrix.codes`).

    Parameters
    ----------
    rows
        Computes int32 seconds of a block of origins; it uses threads as it sees fit.
    folder
        Where to keep it; None keeps it in memory. A folder begun already with the same source
        is gone on with, in its own blocks; blocks that differ from their checksums are computed again.
    block
        Origins a block; left out: as many as 32 MB of seconds hold, at most 1,024.
    progress
        Called after every block with blocks done, all blocks and what is going on.

    Raises
    ------
    MeasureError
        When it is larger than option ``network.max_matrix_mb`` allows in memory, or a time cannot be stored.
    RegionError
        When the folder holds a matrix of another source, or anything else.

    Examples
    --------
    >>> import numpy as np
    >>> from yipan.network.matrix.dense import DenseRows
    >>> rows = DenseRows(np.array([[0, 600], [660, 0]], dtype=np.int32))
    >>> with compute_matrix(rows) as matrix:
    ...     matrix.unit, matrix.row("0").tolist()
    (1, [0, 600])
    """
    with closing(sink_of(head_of(rows, block), folder)) as sink:
        total = len(sink.head.spans)
        pending = sink.pending
        for done, index in enumerate(pending, start=total - len(pending) + 1):
            sink.put(index, *block_codes(rows, *sink.head.spans[index]))
            if progress is not None:
                progress(done, total, STEP)
        return sink.result()


def head_of(rows: Rows, block: int | None) -> Head:
    """Return what the matrix of a source will be."""
    if block is not None and block < 1:
        raise OptionError(Text(f"block 不能取 {block}", f"block cannot be {block}"))
    asked = rows.percentiles
    if len(set(asked)) < len(asked) or not all(0 <= p <= 100 for p in asked):
        raise OptionError(
            Text(
                f"百分位数须在 0 到 100 之间且不重复:{asked}",
                f"percentiles are from 0 to 100, each once: {asked}",
            )
        )
    if block is None:
        row_bytes = 4 * max(1, len(rows.destinations) * len(rows.percentiles))
        block = max(1, min(_MOST_ROWS, _BLOCK_BYTES // row_bytes))
    return Head(rows.digest, rows.origins, rows.destinations, rows.percentiles, block)


def block_codes(rows: Rows, start: int, stop: int) -> tuple[int, Codes]:
    """Return unit and codes of one block; what a worker of a cluster runs."""
    seconds = rows.rows(start, stop)
    shape = (stop - start, len(rows.destinations), len(rows.percentiles))
    if seconds.shape != shape:
        raise MeasureError(
            Text(
                f"出行时间的形状是 {seconds.shape},应为 {shape}",
                f"the times have shape {seconds.shape}, expected {shape}",
            )
        )
    return encode(seconds)
