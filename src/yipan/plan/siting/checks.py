"""What is wrong with the parts of a siting problem, all at once, before anything is solved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yipan.errors import PlanError, Problem
from yipan.text import Text

Floats = NDArray[np.float64]


def wrong(what: Text, remedy: Text) -> Problem:
    """Return a problem of the whole model."""
    return Problem(what=what, remedy=remedy)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise everything that was found, if anything was."""
    if problems:
        raise PlanError(Text("选址问题无解或不成立", "the siting problem has no answer"), problems=problems)


def refuse_no_table(table: NDArray[np.generic], what: Text) -> None:
    """Raise where coverage, costs or times are not a table of demand points and sites."""
    if table.ndim != 2:
        refuse(
            [
                wrong(
                    Text(f"{what.zh}的形状是 {table.shape}", f"{what.en} have shape {table.shape}"),
                    Text(
                        "给出二维表:每个需求点一行,每个候选点一列",
                        "give a table: a row for each demand point, a column for each site",
                    ),
                )
            ]
        )


def wrong_values(what: Text, values: Floats, *, count: int) -> list[Problem]:
    """Return a problem where values are not `count` finite numbers, none negative."""
    if values.shape == (count,) and (np.isfinite(values) & (values >= 0)).all():
        return []
    return [
        wrong(
            Text(
                f"{what.zh}数目不对、为负或不是数",
                f"{what.en} are not {count} numbers, finite, none negative",
            ),
            Text(f"给出 {count} 个不小于 0 的数", f"give {count} numbers, 0 or more"),
        )
    ]


def wrong_sites(sites: int, *, fixed: Sequence[int], p: int | None) -> list[Problem]:
    """Return what is wrong with the number of sites to open and with those fixed open."""
    out = []
    held = len(set(fixed))
    if any(not 0 <= j < sites for j in fixed):
        out.append(
            wrong(
                Text("已开设施的位置不存在", "a site fixed open does not exist"),
                Text(f"用 0–{sites - 1}", f"use positions 0–{sites - 1}"),
            )
        )
    if p is not None and p < held:
        out.append(
            wrong(
                Text(f"设施数 {p} 少于已开的 {held} 处", f"{p} sites are fewer than the {held} fixed open"),
                Text("设施数包括已开的", "count those fixed open among them"),
            )
        )
    return out
