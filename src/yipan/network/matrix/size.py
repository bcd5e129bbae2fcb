"""How large a travel-time matrix is, before anything is allocated, and what to do when it is too large."""

from __future__ import annotations

from dataclasses import dataclass

from yipan import options
from yipan.errors import MeasureError, Problem
from yipan.text import Text

CODE_BYTES = 2
SECONDS_BYTES = 4


@dataclass(frozen=True, slots=True)
class MatrixSize:
    """Rows, columns and planes of a matrix, and its bytes.

    Parameters
    ----------
    origins, destinations, percentiles
        How many of each.
    entry
        Bytes a pair and percentile: 2 stored (uint16), 4 as int32 seconds.
    """

    origins: int
    destinations: int
    percentiles: int = 1
    entry: int = CODE_BYTES

    @property
    def nbytes(self) -> int:
        """Bytes of all planes."""
        return self.origins * self.destinations * self.percentiles * self.entry

    @property
    def text(self) -> Text:
        """The size in words."""
        mb = self.nbytes / 1e6
        shape = f"{self.origins:,} × {self.destinations:,} × {self.percentiles}"
        return Text(
            f"{shape},每项 {self.entry} 字节,共 {mb:,.1f} MB",
            f"{shape}, {self.entry} bytes each: {mb:,.1f} MB",
        )


def matrix_size(origins: int, destinations: int, *, percentiles: int = 1) -> MatrixSize:
    """Return how large the stored matrix between so many origins and destinations is.

    Parameters
    ----------
    origins, destinations, percentiles
        How many of each.

    Examples
    --------
    >>> matrix_size(12_000, 12_000).nbytes
    288000000
    >>> matrix_size(12_000, 12_000, percentiles=3).text.en
    '12,000 × 12,000 × 3, 2 bytes each: 864.0 MB'
    """
    return MatrixSize(origins, destinations, percentiles)


def refuse_in_memory(size: MatrixSize) -> None:
    """Refuse what is larger than option ``network.max_matrix_mb`` allows at once.

    Raises
    ------
    MeasureError
        With the size, the limit and every way out.
    """
    allowed = options.get("network.max_matrix_mb")
    if size.nbytes <= allowed * 1_000_000:
        return
    ways = (
        Text(
            "给出文件夹:矩阵按块写入磁盘,读取时只取所需",
            "give a folder: blocks go to disk and are read as needed",
        ),
        Text("减少百分位数", "ask for fewer percentiles"),
        Text("用更大的单元格", "use larger cells"),
        Text(
            "在集群上分块计算(compute_on_cluster)并存入文件夹",
            "compute blocks on a cluster (compute_on_cluster) into a folder",
        ),
        Text("提高选项 network.max_matrix_mb", "raise option network.max_matrix_mb"),
    )
    raise MeasureError(
        Text("矩阵超过内存上限", "the matrix is larger than allowed in memory"),
        problems=[
            Problem(
                what=Text(
                    f"{size.text.zh};上限 {allowed:,} MB", f"{size.text.en}; allowed are {allowed:,} MB"
                ),
                remedy=way,
            )
            for way in ways
        ],
    )
