"""An index that was built: every intermediate table, what was done, and how a score is opened down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from yipan.errors import MeasureError, Problem
from yipan.measure.recipe.values import Recipe
from yipan.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What `run` made of a recipe and data; the tables are not changed after they are made.

    All tables of values have the index of the data (zone, or zone and year).

    Parameters
    ----------
    recipe
        What was run.
    raw
        Indicators as given.
    denominated
        After dividing by the denominators.
    filled
        For each value ``measured``, the method that imputed it, or "" where it is missing.
    screened
        One row a zone (year): indicators ``measured``, their ``share``, whether it was ``kept``.
    imputed, treated
        Zones that were kept, after imputing and after treating outliers.
    points
        What befell single values: ``high`` or ``low`` (winsorised), ``curve`` (transformed), "" (nothing).
    normalised
        Scores of the indicators.
    scores
        Scores of groups, parts before the whole; the last column is the index.
    weights
        One row a part of a group: ``group``, ``part``, ``method``, ``weight`` (sum 1 in the group) and
        ``effective`` (product down to it: its share of the index as the weights mean it).
    report
        One row an indicator: everything that was done to it, in figures.
    details
        Figures of weighting methods by group (consistency ratio, eigenvalues, importance obtained …).
    problems
        Warnings: what a reader of the scores must know. Never errors, those are raised.
    comparable
        Whether scores of different years compare (always true without years).
    """

    recipe: Recipe
    raw: pd.DataFrame
    denominated: pd.DataFrame
    filled: pd.DataFrame
    screened: pd.DataFrame
    imputed: pd.DataFrame
    treated: pd.DataFrame
    points: pd.DataFrame
    normalised: pd.DataFrame
    scores: pd.DataFrame
    weights: pd.DataFrame
    report: pd.DataFrame
    details: Mapping[str, Mapping[str, object]]
    problems: tuple[Problem, ...]
    comparable: bool

    @property
    def index(self) -> pd.Series[float]:
        """Scores of the root."""
        return self.scores.iloc[:, -1]


def ranks(built: Built) -> pd.DataFrame:
    """Return ranks of every score, 1 the best, equal scores the same (better) rank; in each year by itself.

    Examples
    --------
    >>> from yipan.measure.recipe import Leaf, Node, Recipe, run
    >>> data = pd.DataFrame({"jobs": [1.0, 3.0, 2.0]}, index=["a", "b", "c"])
    >>> ranks(run(Recipe(root=Node(id="index", parts=(Leaf(id="jobs"),))), data))["index"].tolist()
    [3.0, 1.0, 2.0]
    """
    table = built.scores
    if table.index.nlevels == 1:
        return table.rank(ascending=False, method="min")
    return table.groupby(level=1).rank(ascending=False, method="min")


def results(built: Built) -> pd.DataFrame:
    """Return rank, scores from the index down to the indicators, best zone first.

    Missing indices come last and have no rank.
    """
    table = pd.concat([built.scores.iloc[:, ::-1], built.normalised], axis=1)
    table.insert(0, "rank", ranks(built).iloc[:, -1])
    return table.sort_values("rank", kind="stable", na_position="last")


def opened(built: Built, zone: str, *, year: int | None = None) -> pd.DataFrame:
    """Open one zone's index down to the facts it comes from.

    Returns
    -------
    DataFrame
        One row an indicator: ``group``, ``raw``, ``denominated``, ``imputed``, ``treated``, ``score``,
        ``filled`` (measured, or how it was imputed), ``point`` (how it was treated), ``effective`` weight.

    Raises
    ------
    MeasureError
        When the zone (in that year) is not in the data or was screened out.
    """
    at: object = zone if year is None else (zone, year)
    if _place(built.normalised, at) < 0:
        out = _place(built.raw, at) >= 0
        raise MeasureError(
            Text(f"“{zone}”没有得分", f"'{zone}' has no scores"),
            problems=[
                Problem(
                    what=Text("数据太少,已被筛除", "screened out: too little is known of it")
                    if out
                    else Text("数据中没有这个区域(和年份)", "not in the data (in that year)"),
                    remedy=Text("见 screened 表", "see the table `screened`")
                    if out
                    else Text("写数据中的编号", "write an id of the data; in a panel give the year too"),
                )
            ],
        )
    parts = built.weights.set_index("part")
    names = built.normalised.columns
    return pd.DataFrame(
        {
            "group": parts["group"].reindex(names),
            "raw": _row(built.raw, at),
            "denominated": _row(built.denominated, at),
            "imputed": _row(built.imputed, at),
            "treated": _row(built.treated, at),
            "score": _row(built.normalised, at),
            "filled": _row(built.filled, at),
            "point": _row(built.points, at),
            "effective": parts["effective"].reindex(names).astype(np.float64),
        },
        index=names,
    )


def _place(table: pd.DataFrame, at: object) -> int:
    """Return the row number of a zone (and year), −1 where there is none."""
    if isinstance(at, tuple) != (table.index.nlevels == 2):
        return -1
    return int(table.index.get_indexer(pd.Index([at]))[0])


def _row(table: pd.DataFrame, at: object) -> pd.Series[float]:
    return table.iloc[_place(table, at)]
