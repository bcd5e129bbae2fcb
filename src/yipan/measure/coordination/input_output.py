r"""Input–output: who needs whom, directly and through all suppliers.

With Z the flows between sectors, Y final demand and x total output: :math:`A = Z \hat x^{-1}`,
:math:`L = (I - A)^{-1}`, :math:`x = L y`; with :math:`B = \hat x^{-1} Z` Ghosh's
:math:`G = (I - B)^{-1}`. Backward linkage (Rasmussen's power of dispersion) :math:`n \sum_i l_{ij} / \sum l`;
forward linkage by the rows of Ghosh's inverse, :math:`n \sum_j g_{ij} / \sum g`. R. E. Miller & P. D. Blair,
*Input–Output Analysis*, 2nd ed., 2009; P. N. Rasmussen, *Studies in Inter-Sectoral Relations*, 1956.
Regional tables made from quotients (LQ, FLQ, RAS) are estimates and should be called so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.coordination.checks import (
    Floats,
    floats,
    labels,
    named,
    not_numbers,
    problem,
    refuse,
    warning,
)
from yipan.text import Text

_WHAT = Text("投入产出表无法计算", "the input–output table cannot be computed")
_FIT = 1e-6


@dataclass(frozen=True)
class InputOutput:
    """An input–output table and what follows from it; sectors of all regions in one order.

    Parameters
    ----------
    sectors
        Names, shape (n,).
    flows, final, output
        Z (n, n), final demand (n, columns) and total output x (n,), one currency unit.
    a, leontief
        Direct and total requirements, shape (n, n).
    """

    sectors: tuple[str, ...]
    flows: Floats
    final: Floats
    output: Floats
    a: Floats
    leontief: Floats
    problems: tuple[Problem, ...] = ()

    def backward(self) -> Floats:
        """Return how strongly each sector pulls its suppliers, mean 1 (Rasmussen), shape (n,)."""
        pull = self.leontief.sum(axis=0)
        return np.asarray(pull / pull.mean())

    def forward(self) -> Floats:
        """Return how strongly each sector pushes its customers, mean 1 (Ghosh), shape (n,)."""
        b = _per_output(self.flows.T, self.output).T
        push = np.linalg.inv(np.eye(len(b)) - b).sum(axis=1)
        return np.asarray(push / push.mean())

    def output_for(self, demand: ArrayLike) -> Floats:
        """Return the output that a final demand (n,) calls for, directly and through all suppliers."""
        return np.asarray(self.leontief @ floats(demand))

    def loss_without(self) -> Floats:
        """Return how much output of all sectors would be lost if a sector stopped buying and selling.

        Hypothetical extraction: its row and column of A and its final demand are taken out, shape (n,).
        """
        y, total = self.final.sum(axis=1), float(self.output.sum())
        out = np.empty(len(y))
        for k in range(len(y)):
            rest = np.arange(len(y)) != k
            inner = np.eye(len(y) - 1) - self.a[np.ix_(rest, rest)]
            out[k] = total - float(np.linalg.solve(inner, y[rest]).sum())
        return out


@dataclass(frozen=True)
class Footprint:
    """What production and consumption cause (emissions, value added, jobs …), each shape (stressors, n).

    Parameters
    ----------
    intensity, multiplier
        Per unit of a sector's own output (S) and of final demand for it (M).
    produced, consumed
        By producing sector; by product and region of final demand, wherever produced.
    imported, exported
        Part of `consumed` caused in other regions, part of `produced` for final demand elsewhere.
    regions
        Region of each of the n columns.
    """

    regions: tuple[str, ...]
    intensity: Floats
    multiplier: Floats
    produced: Floats
    consumed: Floats
    imported: Floats
    exported: Floats

    def by_region(self, account: Floats, households: ArrayLike | None = None) -> Floats:
        """Return an account summed to regions in order of first appearance, shape (stressors, regions).

        `households` (stressors, regions) is what final consumers cause themselves, added where given.
        """
        names = list(dict.fromkeys(self.regions))
        at = np.array([names.index(r) for r in self.regions])
        sums = account @ np.eye(len(names))[at]
        return np.asarray(sums if households is None else sums + floats(households))


def input_output(flows: ArrayLike, final: ArrayLike, *, sectors: Sequence[str] | None = None) -> InputOutput:
    """Return the coefficients of an input–output table (formulas: see the module).

    Parameters
    ----------
    flows
        Z, not negative, from rows to columns, shape (n, n).
    final
        Final demand, shape (n,) or (n, columns); changes in stocks may be negative.
    sectors
        Names; 1, 2, 3 … by default.

    Raises
    ------
    MeasureError
        When shapes do not fit, values are missing or flows negative, final demand makes an output negative,
        or the sectors need more than they make (no finite inverse).

    Examples
    --------
    >>> table = input_output([[150, 500], [200, 100]], [350, 1700])  # Miller & Blair, chapter 2
    >>> table.a.tolist(), table.leontief.round(4).tolist()
    ([[0.15, 0.25], [0.2, 0.05]], [[1.2541, 0.33], [0.264, 1.1221]])
    >>> table.output_for([600, 1500]).round(1).tolist()
    [1247.5, 1841.6]
    """
    z, y = floats(flows), floats(final)
    y = y.reshape(len(y), -1) if y.ndim else y.reshape(1, 1)
    names = labels(sectors, len(z))
    refuse(_WHAT, _shape_problems(z, y, names))
    x = z.sum(axis=1) + y.sum(axis=1)
    refuse(_WHAT, _value_problems(z, y, x, names))
    a = _per_output(z, x)
    radius = float(np.abs(np.linalg.eigvals(a)).max())
    if radius >= 1.0 - 1e-9:
        what = Text(
            f"各部门所需超过所产(A 的谱半径 {radius:.3f})",
            f"sectors need more than they make (spectral radius of A {radius:.3f})",
        )
        refuse(
            _WHAT, [problem(what, Text("核对流量与最终需求", "check flows and final demand"), column="flows")]
        )
    idle = x == 0
    told: tuple[Problem, ...] = ()
    if idle.any():
        what = Text(f"没有产出的部门:{named(names, idle)}", f"sectors without output: {named(names, idle)}")
        told = (warning(what, Text("其系数记为 0", "their coefficients are set to 0"), column="flows"),)
    return InputOutput(names, z, y, x, a, np.asarray(np.linalg.inv(np.eye(len(z)) - a)), told)


def footprint(
    table: InputOutput, stressors: ArrayLike, *, regions: Sequence[str], final_regions: Sequence[str]
) -> Footprint:
    """Return what production and consumption of each region cause, at home and elsewhere.

    Parameters
    ----------
    stressors
        F, caused by each sector, any unit, shape (stressors, n).
    regions, final_regions
        Region of each sector, and of each column of final demand.

    Raises
    ------
    MeasureError
        When shapes do not fit, values are missing, or a sector without output causes something.

    Examples
    --------
    >>> table = input_output([[0, 50], [0, 0]], [[50, 0], [0, 100]])  # a supplies b
    >>> f = footprint(table, [[10, 0]], regions=["a", "b"], final_regions=["a", "b"])
    >>> f.produced.tolist(), f.consumed.tolist(), f.imported.tolist(), f.exported.tolist()
    ([[10.0, 0.0]], [[5.0, 5.0]], [[0.0, 5.0]], [[5.0, 0.0]])
    """
    f = np.atleast_2d(floats(stressors))
    refuse(_WHAT, _stressor_problems(table, f, regions, final_regions))
    names = list(dict.fromkeys(regions))
    home = np.array([names.index(r) for r in regions])
    asked = np.array([[r == name for r in final_regions] for name in names], dtype=np.float64)
    demand = table.final @ asked.T  # (n, regions)
    intensity = _per_output(f, table.output)
    multiplier = intensity @ table.leontief
    shape = (len(f), len(home))
    consumed, imported, exported = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    # final demand is counted where it is consumed: at the product's place in that region's block
    places = np.array([list(home[:i]).count(home[i]) for i in range(len(home))])
    for r in range(len(names)):
        column = {int(p): i for i, p in enumerate(places) if home[i] == r}
        for p, i in column.items():
            same = np.flatnonzero(places == p)
            wanted = np.zeros(len(home))
            wanted[same] = demand[same, r]
            made = table.leontief @ wanted
            consumed[:, i] = intensity @ made
            abroad = np.where(home == r, 0.0, made)
            imported[:, i] = intensity @ abroad
            exported += intensity * abroad
    produced = intensity * (table.leontief @ demand.sum(axis=1))
    return Footprint(tuple(map(str, regions)), intensity, multiplier, produced, consumed, imported, exported)


def _per_output(table: Floats, x: Floats) -> Floats:
    return np.divide(table, x, out=np.zeros_like(table), where=x != 0)


def _shape_problems(z: Floats, y: Floats, names: tuple[str, ...]) -> list[Problem]:
    n = len(names)
    if z.shape == (n, n) and len(y) == n and n > 0:
        return [*not_numbers(z, column="flows", names=names), *not_numbers(y, column="final", names=names)]
    what = Text(
        f"流量 {z.shape},最终需求 {y.shape},部门 {n} 个",
        f"flows {z.shape}, final demand {y.shape}, {n} sectors",
    )
    return [
        problem(
            what, Text("流量须为 n × n,最终需求 n 行", "flows must be n × n and final demand have n rows")
        )
    ]


def _value_problems(z: Floats, y: Floats, x: Floats, names: tuple[str, ...]) -> list[Problem]:
    found = [
        ((z < 0).any(axis=1), Text("流量为负", "negative flows"), "flows"),
        (x < -_FIT, Text("最终需求使总产出为负", "final demand makes total output negative"), "final"),
        ((x == 0) & (z > 0).any(axis=0), Text("没有产出却有投入", "inputs without output"), "flows"),
    ]
    return [
        problem(
            Text(f"{what.zh}:{named(names, who)}", f"{what.en}: {named(names, who)}"),
            Text("核对这些部门", "check these sectors"),
            column=column,
        )
        for who, what, column in found
        if who.any()
    ]


def _stressor_problems(
    table: InputOutput, f: Floats, regions: Sequence[str], final_regions: Sequence[str]
) -> list[Problem]:
    n = len(table.sectors)
    blocks = {list(regions).count(r) for r in regions}
    fits = f.shape[1] == n == len(regions) and len(final_regions) == table.final.shape[1]
    if not fits or len(blocks) > 1 or not set(final_regions) <= set(regions):
        what = Text(
            "压力量、部门所属地区与最终需求所属地区不相配",
            "stressors, regions of sectors and of final demand do not fit together",
        )
        remedy = Text("每个地区的部门数相同,顺序相同", "give every region the same sectors in the same order")
        return [problem(what, remedy, column="stressors, regions")]
    idle = (table.output == 0) & (f != 0).any(axis=0)
    out = not_numbers(f, column="stressors")
    if idle.any():
        who = named(table.sectors, idle)
        what = Text(f"没有产出的部门却有压力量:{who}", f"sectors without output cause something: {who}")
        out.append(problem(what, Text("核对这些部门", "check these sectors"), column="stressors"))
    return out
