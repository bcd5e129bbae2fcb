"""Who is next to whom: spatial weights by shared borders and by travel time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, floats, labels, named, problem, refuse, warning
from yipan.region.value import Region
from yipan.text import Text

_WHAT = Text("空间权重无法建立", "spatial weights cannot be made")


@dataclass(frozen=True)
class SpatialWeights:
    """Weights between units: row i holds how much each other unit counts for unit i.

    Parameters
    ----------
    units
        Names, in the order of rows and columns.
    matrix
        Sparse, not negative, nothing on the diagonal, shape (units, units).
    kind
        How they were made, in both languages.
    problems
        Warnings, such as units without a neighbour.
    """

    units: tuple[str, ...]
    matrix: sparse.csr_array[np.float64, tuple[int, int]]
    kind: Text
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.units)

    @property
    def islands(self) -> NDArray[np.bool_]:
        """Units that no other unit counts for."""
        return self.row_sums() <= 0

    def row_sums(self) -> Floats:
        """Return the sum of each row."""
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64).ravel()

    def rows_to_one(self) -> SpatialWeights:
        """Return the weights with every row summing to 1 (rows of islands stay empty).

        Examples
        --------
        >>> w = weights_from_pairs(["a", "a", "b"], ["b", "c", "a"], units=["a", "b", "c"])
        >>> w.rows_to_one().matrix.toarray().tolist()
        [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
        """
        total = self.row_sums()
        factor = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        scaled = sparse.csr_array(sparse.diags_array(factor) @ self.matrix)
        return SpatialWeights(self.units, scaled, self.kind, self.problems)

    def kept(self, keep: NDArray[np.bool_]) -> SpatialWeights:
        """Return the weights among the units to keep (raw, not summing to 1 again)."""
        at = np.flatnonzero(keep)
        matrix = sparse.csr_array(self.matrix[at][:, at])
        return SpatialWeights(tuple(self.units[i] for i in at), matrix, self.kind, self.problems)


def weights_from_pairs(
    focal: Iterable[str],
    neighbour: Iterable[str],
    *,
    values: Iterable[float] | None = None,
    units: Sequence[str],
    kind: Text | None = None,
) -> SpatialWeights:
    """Return weights given pair by pair (1 each where no values are given).

    Raises
    ------
    MeasureError
        When a pair names an unknown unit, pairs a unit with itself or stands twice, or a value is negative.

    Examples
    --------
    >>> weights_from_pairs(["a"], ["b"], units=["a", "b", "c"]).islands.tolist()
    [False, True, True]
    """
    at = {name: i for i, name in enumerate(units)}
    pairs = list(zip(map(str, focal), map(str, neighbour), strict=True))
    data = floats(np.ones(len(pairs)) if values is None else list(values))
    unknown = sorted({name for pair in pairs for name in pair if name not in at})
    wrong = [
        (unknown, Text("不认识的单元", "unknown units")),
        (sorted({a for a, b in pairs if a == b}), Text("单元与自身成对", "units paired with themselves")),
        ([""] * (len(pairs) - len(set(pairs))), Text("同一对出现多次", "a pair stands more than once")),
        ([""] * (data.size != len(pairs)), Text("权重个数与对数不符", "not one value a pair")),
        (
            [""] * int((~(data >= 0) | np.isinf(data)).sum()),
            Text("权重为负或不是数字", "values below 0 or not numbers"),
        ),
    ]
    told = [
        problem(
            Text(f"{what.zh} {', '.join(who[:5])}".strip(), f"{what.en} {', '.join(who[:5])}".strip(" ,")),
            Text("改正这些对", "correct these pairs"),
        )
        for who, what in wrong
        if who
    ]
    refuse(_WHAT, told)
    i, j = (np.array([at[p[k]] for p in pairs], dtype=np.int64) for k in (0, 1))
    matrix = sparse.csr_array((data, (i, j)), shape=(len(units), len(units)))
    return _weights(tuple(units), matrix, kind or Text("给定的邻接对", "given pairs"))


def contiguity(
    polygons: Sequence[object],
    units: Sequence[str] | None = None,
    *,
    rule: Literal["queen", "rook"] = "queen",
    tolerance: float = 0.0,
) -> SpatialWeights:
    """Return weights of 1 between polygons that touch.

    Parameters
    ----------
    polygons
        Shapely polygons or multipolygons, any CRS (one for all).
    rule
        ``queen``: a shared point is enough; ``rook``: a shared stretch of border is needed.
    tolerance
        In units of the CRS: borders this near count as shared (boundaries drawn apart leave slivers). With a
        tolerance a shared stretch is one longer than four times it, so that corners do not count.

    Raises
    ------
    MeasureError
        When a polygon is missing or empty, or `rule` is neither of those above.

    Examples
    --------
    >>> from shapely.geometry import box
    >>> squares = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(1, 1, 2, 2)]
    >>> contiguity(squares).matrix.toarray().tolist()
    [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    >>> contiguity(squares, rule="rook").matrix.toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    shapes = np.asarray(polygons, dtype=object)
    names = labels(units, len(shapes))
    refuse(_WHAT, _shape_problems(shapes, names, rule))
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=tolerance)
    one_way = i < j
    i, j = i[one_way], j[one_way]
    if rule == "rook":
        other = shapely.buffer(shapes[j], tolerance) if tolerance else shapes[j]
        shared = shapely.length(shapely.intersection(shapely.boundary(shapes[i]), other))
        i, j = i[shared > 4 * tolerance], j[shared > 4 * tolerance]
    both = np.concatenate([i, j]), np.concatenate([j, i])
    matrix = sparse.csr_array((np.ones(2 * len(i)), both), shape=(len(shapes), len(shapes)))
    return _weights(names, matrix, Text("边界相邻", f"shared borders ({rule})"))


def zone_contiguity(
    region: Region, *, rule: Literal["queen", "rook"] = "queen", tolerance: float = 0.0
) -> SpatialWeights:
    """Return `contiguity` of a region's zones (`tolerance` in degrees).

    Examples
    --------
    >>> from yipan.region import example
    >>> zone_contiguity(example("tiny")).row_sums().tolist()
    [2.0, 2.0, 2.0]
    """
    return contiguity(list(region.zones["geometry"]), region.zone_ids, rule=rule, tolerance=tolerance)


def time_weights(
    minutes: ArrayLike,
    units: Sequence[str] | None = None,
    *,
    power: float = 1.0,
    limit: float = float("inf"),
    apart_from: SpatialWeights | None = None,
) -> SpatialWeights:
    r"""Return weights :math:`t_{ij}^{-power}` by travel time, rows summing to 1.

    Parameters
    ----------
    minutes
        Between units, above 0 off the diagonal (the diagonal is not read), infinite where there is no way;
        shape (units, units).
    limit
        Minutes beyond which a unit does not count.
    apart_from
        Weights whose pairs are left out: with the contiguity of the zones what remains is far (tele).

    Raises
    ------
    MeasureError
        When times are missing, 0 or negative, or the shape is not square.

    Examples
    --------
    >>> time_weights([[0, 10, 30], [10, 0, 30], [30, 30, 0]]).matrix.toarray().tolist()
    [[0.0, 0.75, 0.25], [0.75, 0.0, 0.25], [0.5, 0.5, 0.0]]
    """
    t = floats(minutes)
    off = ~np.eye(len(t), dtype=np.bool_) if t.ndim == 2 and t.shape[0] == t.shape[1] else None
    if off is None or not (t[off] > 0).all() or not power > 0:
        what = Text(
            "时间须为方阵,非对角线处大于 0,幂大于 0",
            "times must be a square table, above 0 off the diagonal, and the power above 0",
        )
        refuse(_WHAT, [problem(what, Text("补齐时间", "supply the times"), column="minutes")])
        raise AssertionError  # refused above
    counted = off & (t <= limit) & np.isfinite(t)
    if apart_from is not None:
        counted &= apart_from.matrix.toarray() == 0
    dense = np.power(t, -power, out=np.zeros_like(t), where=counted)
    kind = Text("出行时间的负幂", f"travel time to the power −{power:g}")
    return _weights(labels(units, len(t)), sparse.csr_array(dense), kind).rows_to_one()


def _weights(
    names: tuple[str, ...], matrix: sparse.csr_array[np.float64, tuple[int, int]], kind: Text
) -> SpatialWeights:
    made = SpatialWeights(names, matrix, kind)
    if not made.islands.any():
        return made
    who = named(names, made.islands)
    told = warning(
        Text(f"没有邻居的单元:{who}", f"units without a neighbour: {who}"),
        Text(
            "放宽邻接规则,或计算前去掉这些单元", "loosen the rule, or leave these units out before computing"
        ),
    )
    return SpatialWeights(names, matrix, kind, (told,))


def _shape_problems(shapes: NDArray[np.object_], names: tuple[str, ...], rule: str) -> list[Problem]:
    bad = np.array([s is None or shapely.is_empty(s) for s in shapes], dtype=np.bool_)
    out = []
    if rule not in ("queen", "rook"):
        out.append(
            problem(
                Text(f"没有邻接规则 {rule!r}", f"there is no rule {rule!r}"),
                Text("用 queen 或 rook", "use queen or rook"),
            )
        )
    if bad.any():
        who = named(names, bad)
        out.append(
            problem(Text(f"没有边界:{who}", f"no boundary: {who}"), Text("补齐边界", "supply the boundaries"))
        )
    return out
