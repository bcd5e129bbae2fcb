"""Counts into cells without a raster: from points, and from the zones' totals by a weight."""

from __future__ import annotations

from collections.abc import Mapping

import h3
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.cells.grid import resolution_of
from yipan.cells.shares import shares
from yipan.cells.values import Placed, balance, filled, warning
from yipan.errors import Problem, RegionError
from yipan.region.findings import listed
from yipan.region.schema import CELLS, Quality
from yipan.text import Text

Numbers = NDArray[np.float64]
Totals = Mapping[str, float]
_POINTS = "points"


def from_points(
    cells: pd.DataFrame,
    points: pd.DataFrame,
    *,
    column: str = "population",
    weight: str | None = "weight",
    source: str = "points",
    quality: Quality = Quality.DERIVED,
) -> Placed:
    """Count points, or sum a weight of theirs, in cells.

    Parameters
    ----------
    cells
        From `h3_cells`.
    points
        ``lon``, ``lat`` (degrees, WGS-84) and the weight; one row a point.
    column
        The column to fill: ``population``, ``jobs``, or any other count.
    weight
        Column of `points` that holds persons (or jobs …) each stands for; None counts one each. Blank
        or negative weights are refused.
    source, quality
        Of the points; a table of cells made from them is at best ``derived``.

    Returns
    -------
    Placed
        ``outside`` lists the points whose hexagon is not among the cells, as they were given.

    Raises
    ------
    RegionError
        When a coordinate or weight is missing, negative or off the globe; with every such row.

    Examples
    --------
    >>> from yipan.cells import h3_cells
    >>> from yipan.region import example
    >>> cells = h3_cells(example("tiny").zones, resolution=6)
    >>> homes = pd.DataFrame({"lon": [106.2, 0.0], "lat": [29.2, 0.0], "weight": [120, 5]})
    >>> placed = from_points(cells, homes)
    >>> placed.total, placed.placed, placed.outside["weight"].tolist()
    (125.0, 120.0, [5])
    """
    resolution = resolution_of(cells)
    count = _weights(points, weight)
    at = {c: i for i, c in enumerate(cells["id"])}
    where = [
        at.get(h3.latlng_to_cell(lat, lon, resolution), -1)
        for lon, lat in zip(points["lon"].to_numpy(), points["lat"].to_numpy(), strict=True)
    ]
    place = np.array(where, dtype=np.int64)
    inside = place >= 0
    values = np.bincount(place[inside], weights=count[inside], minlength=len(cells)).astype(np.float64)
    total, placed = float(count.sum()), float(count[inside].sum())
    problems = list(balance(total, placed, file=_POINTS))
    gone = points[~inside]
    if len(gone):
        rows = listed([int(i) + 2 for i in np.flatnonzero(~inside)])
        problems.append(
            warning(
                Text(
                    f"{len(gone)} 个点不在任何单元格内:第 {rows.zh} 行",
                    f"{len(gone)} points lie in no cell: rows {rows.en}",
                ),
                Text("检查坐标,或扩大分区", "look at their coordinates, or widen the zones"),
                file=_POINTS,
            )
        )
    better = max(Quality(quality), Quality.DERIVED, key=lambda q: q.rank)
    return Placed(
        cells=filled(cells, column, values, source=source, quality=better),
        column=column,
        source=source,
        quality=better,
        note=Text(
            f"{len(points)} 个点按所在单元格求和", f"sum of {len(points)} points by the cell they lie in"
        ),
        total=total,
        placed=placed,
        outside=gone.reset_index(drop=True),
        problems=tuple(problems),
    )


def _weights(points: pd.DataFrame, weight: str | None) -> Numbers:
    """Return the weights of points, or raise with every row that has none or has no place."""
    columns = ["lon", "lat", *([weight] if weight else [])]
    absent = [c for c in columns if c not in points.columns]
    if absent:
        raise RegionError(
            Text("点表缺列", "the points lack a column"),
            problems=[
                Problem(
                    what=Text(f"缺少列“{c}”", f"the column {c} is missing"),
                    remedy=Text("添加此列", "add this column"),
                    file=_POINTS,
                    column=c,
                )
                for c in absent
            ],
        )
    limits = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0)}
    problems = []
    for name in columns:
        values = points[name].to_numpy(dtype=np.float64, na_value=np.nan)
        low, high = limits.get(name, (0.0, np.finfo(np.float64).max))
        for i in np.flatnonzero(~((values >= low) & (values <= high))):
            problems.append(
                Problem(
                    what=Text(f"{name} 不可用:{values[i]}", f"{name} cannot be used: {values[i]}"),
                    remedy=Text("改正或删去该行", "correct the row or delete it"),
                    file=_POINTS,
                    row=int(i) + 2,
                    column=name,
                )
            )
    if problems:
        raise RegionError(Text("点表不合要求", "the points are unsound"), problems=problems)
    if weight is None:
        return np.ones(len(points))
    return points[weight].to_numpy(dtype=np.float64)


def from_totals(
    cells: pd.DataFrame,
    totals: Totals,
    *,
    by: str | Numbers = "equal",
    column: str = "population",
    whole: bool = True,
    source: str = "totals",
) -> Placed:
    """Divide each zone's total among its cells in proportion to a weight (dasymetric mapping).

    cell = total of its zone × weight of the cell / sum of the weights in the zone.

    Parameters
    ----------
    cells
        A table with ``zone``; need not be of H3.
    totals
        The total of every zone of `cells`, by zone id.
    by
        ``equal``: the same for every cell; the name of a column of `cells` (``area``, a floor area, a count
        put there by `from_raster` or `from_points`); or one weight a cell.
    column
        The column to fill.
    whole
        Whether cells get whole numbers (largest remainders); totals must be whole then.
    source
        Of the totals.

    Returns
    -------
    Placed
        Quality ``modelled``: the totals are known, where in the zone is a model. Zone sums equal the
        totals, exactly with `whole`.

    Raises
    ------
    RegionError
        When a total or a weight is missing, negative or (with `whole`) not whole, or a zone is unknown.

    Notes
    -----
    A zone whose weights are all zero though its total is not gets equal parts, with a warning.

    Examples
    --------
    >>> cells = pd.DataFrame({"id": ["a", "b", "c"], "zone": ["N", "N", "S"], "quality": "derived"})
    >>> cells["floors"] = [300.0, 100.0, 50.0]
    >>> from_totals(cells, {"N": 10, "S": 7}, by="floors").cells["population"].tolist()
    [8.0, 2.0, 7.0]
    """
    weights, how = _weight_of(cells, by)
    _check_totals(cells, totals, whole=whole)
    zone = cells["zone"].astype(str).to_numpy()
    values = np.zeros(len(cells))
    flat = []
    for name in dict.fromkeys(zone):
        mine = np.flatnonzero(zone == name)
        weight = weights[mine]
        if weight.max() == 0:
            weight = np.ones(len(mine))
            if totals[name] > 0:
                flat.append(name)
        values[mine] = shares(float(totals[name]), weight, whole=whole)
    problems = []
    if flat:
        zones = listed(flat)
        problems.append(
            warning(
                Text(
                    f"分区 {zones.zh} 的权重全为 0,其总数平均分给各单元格",
                    f"weights are all 0 in {zones.en}: the total is divided equally there",
                ),
                Text("核对权重数据的范围", "see whether the data behind the weights cover these zones"),
                file=CELLS.file,
                column=column,
            )
        )
    return Placed(
        cells=filled(cells, column, values, source=source, quality=Quality.MODELLED),
        column=column,
        source=source,
        quality=Quality.MODELLED,
        note=Text(f"分区总数按{how.zh}分到单元格", f"zone totals divided among cells {how.en}"),
        total=float(sum(totals[z] for z in dict.fromkeys(zone))),
        placed=float(values.sum()),
        problems=tuple(problems),
    )


def calibrated(
    cells: pd.DataFrame,
    totals: Totals,
    *,
    column: str = "population",
    whole: bool = False,
    source: str = "totals",
) -> Placed:
    """Scale a column so that it sums to the official total in every zone, keeping its pattern inside.

    Parameters
    ----------
    cells
        A table in which `column` is filled, by a raster or points say.
    totals, column, whole, source
        As for `from_totals`.

    Returns
    -------
    Placed
        Quality ``modelled``; the note gives the smallest and the largest factor.

    Raises
    ------
    RegionError
        As for `from_totals`.

    Examples
    --------
    >>> cells = pd.DataFrame({"id": ["a", "b"], "zone": "N", "quality": "derived"})
    >>> cells["population"] = [30.0, 10.0]
    >>> placed = calibrated(cells, {"N": 50})
    >>> placed.cells["population"].tolist(), placed.note.en
    ([37.5, 12.5], 'population scaled to zone totals, by factors from 1.25 to 1.25')
    """
    before = cells.groupby(cells["zone"].astype(str))[column].sum()
    placed = from_totals(cells, totals, by=column, column=column, whole=whole, source=source)
    factors = [float(totals[str(z)]) / s for z, s in before.items() if s > 0]
    low, high = (min(factors), max(factors)) if factors else (1.0, 1.0)
    note = Text(
        f"{column} 按分区总数缩放,系数 {low:.4g} 至 {high:.4g}",
        f"{column} scaled to zone totals, by factors from {low:.4g} to {high:.4g}",
    )
    return Placed(
        cells=placed.cells,
        column=column,
        source=source,
        quality=placed.quality,
        note=note,
        total=placed.total,
        placed=placed.placed,
        problems=placed.problems,
    )


def _weight_of(cells: pd.DataFrame, by: str | Numbers) -> tuple[Numbers, Text]:
    how = Text("所给权重", "by the weights given")
    if isinstance(by, str):
        if by == "equal":
            return np.ones(len(cells)), Text("等份", "in equal parts")
        if by not in cells.columns:
            raise _refused(
                Text(f"单元格没有列“{by}”", f"cells have no column {by}"),
                Text("先填此列", "fill it first"),
                by,
            )
        how = Text(f" {by} ", f"by {by}")
        by = cells[by].to_numpy(dtype=np.float64, na_value=np.nan)
    weights = np.asarray(by, dtype=np.float64)
    if weights.shape != (len(cells),) or not (np.isfinite(weights) & (weights >= 0)).all():
        raise _refused(
            Text("权重有缺失、负值或长度不符", "weights are missing, negative or not one a cell"),
            Text("每个单元格给一个不为负的数", "give each cell a number that is not negative"),
            "by",
        )
    return weights, how


def _check_totals(cells: pd.DataFrame, totals: Totals, *, whole: bool) -> None:
    zones = list(dict.fromkeys(cells["zone"].astype(str)))
    problems = []
    for zone in zones:
        value = float(totals.get(zone, np.nan))
        if not (np.isfinite(value) and value >= 0):
            what = Text(f"分区“{zone}”的总数缺失或为负", f"zone '{zone}' has no total, or a negative one")
            problems.append(_wrong(what, Text("填写此分区的总数", "give this zone's total"), zone))
        elif whole and value != int(value):
            what = Text(f"分区“{zone}”的总数不是整数:{value}", f"the total of '{zone}' is not whole: {value}")
            problems.append(
                _wrong(what, Text("取整,或不要求整数", "round it, or do without whole numbers"), zone)
            )
    for zone in totals:
        if zone not in zones:
            what = Text(f"没有分区“{zone}”的单元格", f"there are no cells of zone '{zone}'")
            problems.append(_wrong(what, Text("改正编号或删去", "correct the id, or leave it out"), zone))
    if problems:
        raise RegionError(Text("分区总数不合要求", "the totals are unsound"), problems=problems)


def _wrong(what: Text, remedy: Text, column: str) -> Problem:
    return Problem(what=what, remedy=remedy, file="totals", column=column)


def _refused(what: Text, remedy: Text, column: str) -> RegionError:
    problem = Problem(what=what, remedy=remedy, file=CELLS.file, column=column)
    return RegionError(Text("权重不可用", "the weights cannot be used"), problems=[problem])
