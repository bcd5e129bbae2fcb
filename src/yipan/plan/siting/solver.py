"""Linear and mixed-integer models in sparse form, solved exactly and repeatably by HiGHS.

Every such model of planning goes through here, so that all are solved to a gap of nothing, on one thread with
a fixed seed (the same model gives the same answer), within limits that are counts of work and not of seconds,
with bounds from which the solver's tolerance is taken off, and without a word on the screen.

HiGHS: Huangfu, Q. & Hall, J. A. J. (2018), Mathematical Programming Computation 10(1), 119–142.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from yipan.errors import PlanError
from yipan.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Status = Literal["optimal", "limit", "infeasible", "unbounded"]

TOLERANCE = 1e-6
"""How far a row, a bound or a whole number may be missed, as HiGHS counts it by default."""
SMALL = 1e-3
"""Where no cost reaches this, all are scaled up for the solver."""
_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a model after solving it.

    Parameters
    ----------
    status
        ``optimal``: proved, `bound` is `value` but for the tolerance. ``limit``: the count of nodes was
        reached; `x` is the best found (None where none was), `bound` holds all the same. ``infeasible``:
        no point keeps all rows. ``unbounded``: the objective has no end.
    x
        Variables, whole ones exactly whole, read-only; None where none is known.
    value
        Objective at `x`, computed here; NaN without `x`.
    bound
        No point is better than this: below for least, above for most. `TOLERANCE` of the value (or of 1 where
        that is more; of the largest cost where all are below `SMALL`) is taken off what the solver says.
    nodes
        Nodes of branch and bound that were visited.
    """

    status: Status
    x: Floats | None
    value: float
    bound: float
    nodes: int

    @property
    def proved(self) -> bool:
        """Whether `x` is proved to be best."""
        return self.status == "optimal"


class Model:
    r"""A model being built: variables in blocks, rows in blocks, then `solve`.

    .. math:: \min_x \; c^\top x + c_0 \quad\text{so that}\quad
              l \le A x \le u,\; a \le x \le b,\; x_k \in \mathbb{Z} \text{ for some } k

    Examples
    --------
    The most of 5 x + 4 y with 6 x + 5 y at most 14, whole numbers: x = 1 and y = 1 gives 9, x = 2 gives 10.

    >>> m = Model(most=True)
    >>> x = m.add_variables([5.0, 4.0], upper=10, whole=True)
    >>> m.add_rows([0, 0], x, [6.0, 5.0], upper=[14.0])
    >>> answer = m.solve()
    >>> answer.status, answer.x.tolist(), answer.value, round(answer.bound, 6)
    ('optimal', [2.0, 0.0], 10.0, 10.00001)
    """

    def __init__(self, *, most: bool = False, offset: float = 0.0) -> None:
        self.most, self.offset = most, offset
        self._cost: list[Floats] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._whole: list[Bools] = []
        self._rows: list[tuple[Ints, Ints, Floats]] = []
        self._row_lower: list[Floats] = []
        self._row_upper: list[Floats] = []
        self.variables = self.rows = 0

    def add_variables(
        self,
        cost: ArrayLike,
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = math.inf,
        whole: ArrayLike = False,
    ) -> Ints:
        """Add a block of variables and return their columns.

        Parameters
        ----------
        cost
            In the objective, one a variable.
        lower, upper, whole
            One a variable or one for all; `whole` are those that must be whole numbers.

        Returns
        -------
        array of int64
            Columns, shape of `cost` (any shape: a block of pairs stays a table).
        """
        costs = np.asarray(cost, dtype=np.float64)
        for held, value in ((self._lower, lower), (self._upper, upper)):
            held.append(np.broadcast_to(np.asarray(value, dtype=np.float64), costs.shape).ravel())
        self._whole.append(np.broadcast_to(np.asarray(whole, dtype=np.bool_), costs.shape).ravel())
        self._cost.append(costs.ravel())
        out = np.arange(self.variables, self.variables + costs.size, dtype=np.int64)
        self.variables += costs.size
        return out.reshape(costs.shape)

    def add_rows(
        self,
        row: ArrayLike,
        column: ArrayLike,
        coefficient: ArrayLike,
        *,
        lower: ArrayLike | None = None,
        upper: ArrayLike | None = None,
    ) -> None:
        """Add a block of rows from their entries; entries of one place are summed.

        Parameters
        ----------
        row
            Row of each entry, 0 for the first of this block.
        column, coefficient
            Of each entry (one coefficient for all is enough).
        lower, upper
            One a row; the one left out is infinite. The longer of both says how many rows there are.
        """
        at = np.asarray(row, dtype=np.int64).ravel()
        columns = np.asarray(column, dtype=np.int64).ravel()
        values = np.broadcast_to(np.asarray(coefficient, dtype=np.float64), columns.shape)
        sides = [np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (lower, upper) if v is not None]
        count = max(s.size for s in sides)
        self._rows.append((at + self.rows, columns, values))
        for held, value, none in (
            (self._row_lower, lower, -math.inf),
            (self._row_upper, upper, math.inf),
        ):
            held.append(np.broadcast_to(np.asarray(none if value is None else value, np.float64), (count,)))
        self.rows += count

    def solve(self, *, start: ArrayLike | None = None, nodes: int | None = None) -> Answer:
        """Solve to the optimum, or to the best within a count of nodes.

        Parameters
        ----------
        start
            A point to begin with, one value a variable, NaN where the solver shall find it. A point that
            keeps not all rows is not used.
        nodes
            Most nodes of branch and bound (1 is the root alone); None for no limit.

        Raises
        ------
        PlanError
            When the solver cannot work on the model: what is no number is in it, or memory ran out.
        """
        parts = self._parts()
        if any(np.isnan(v).any() for v in (parts.matrix.data, parts.cost, parts.lower, parts.upper)):
            raise PlanError(Text("模型中有不是数的值", "the model holds what is no number"))
        unit = _unit(parts.cost)
        solver = _solver(parts, self, nodes, unit=unit)
        if start is not None:
            values = np.asarray(start, dtype=np.float64).ravel()
            known = np.flatnonzero(np.isfinite(values)).astype(np.int32)
            solver.setSolution(known.size, known, values[known])
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kNotset:
            # HiGHS keeps the threads of whoever called it first in this process, and will not run with fewer
            highspy.Highs.resetGlobalScheduler(True)
            solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            solver.setOptionValue("presolve", "off")  # presolving stops before it knows which
            solver.run()
        return self._answer(solver, parts, unit)

    def _parts(self) -> _Parts:
        n, m = self.variables, self.rows
        rows, columns, values = (
            np.concatenate([block[k] for block in self._rows] or [np.zeros(0)]) for k in range(3)
        )
        entries = (values, (rows.astype(np.int64), columns.astype(np.int64)))
        return _Parts(
            matrix=sparse.csr_array(sparse.coo_array(entries, shape=(m, n))),
            cost=_joined(self._cost),
            lower=_joined(self._lower),
            upper=_joined(self._upper),
            row_lower=_joined(self._row_lower),
            row_upper=_joined(self._row_upper),
            whole=np.concatenate(self._whole or [np.zeros(0, dtype=np.bool_)]),
        )

    def _answer(self, solver: Any, parts: _Parts, unit: float) -> Answer:
        info, state = solver.getInfo(), solver.getModelStatus()
        status = _STATUS.get(state)
        if status is None:
            raise PlanError(
                Text(
                    f"求解器未能求解模型({solver.modelStatusToString(state)})",
                    f"the solver could not work on the model ({solver.modelStatusToString(state)})",
                )
            )
        whole = bool(parts.whole.any())
        worst = -math.inf if self.most else math.inf
        nodes = int(info.mip_node_count) if whole else 0
        if status in ("infeasible", "unbounded"):
            return Answer(status, None, math.nan, worst if status == "infeasible" else -worst, nodes)
        bound = float(info.mip_dual_bound if whole else info.objective_function_value) * unit
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Answer(status, None, math.nan, bound, nodes)
        x = np.array(solver.getSolution().col_value, dtype=np.float64)
        x[parts.whole] = np.round(x[parts.whole])
        x += 0.0  # no negative nothing
        value = float(parts.cost @ x) + self.offset
        bound = max(bound, value) if self.most else min(bound, value)
        bound += (1.0 if self.most else -1.0) * TOLERANCE * max(unit, abs(value))
        x.flags.writeable = False
        return Answer(status, x, value, bound, nodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    matrix: sparse.csr_array
    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    whole: Bools


class _Quiet(highspy.Highs):
    """HiGHS that says nothing: it writes a banner as soon as it is made unless told not to by then."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)


def _joined(blocks: list[Floats]) -> Floats:
    return np.concatenate(blocks or [np.zeros(0)])


def _unit(cost: Floats) -> float:
    """Return what costs are divided by: a power of 2 (nothing is rounded), 1 unless all are small.

    HiGHS takes a cost below 1e-7 for nothing: without this, weights in billions would end in any choice.
    """
    largest = float(np.abs(cost).max(initial=0.0))
    return 2.0 ** math.floor(math.log2(largest)) if 0.0 < largest < SMALL else 1.0


def _solver(parts: _Parts, model: Model, nodes: int | None, *, unit: float) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.variables, model.rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = parts.cost / unit, parts.lower, parts.upper
    lp.row_lower_, lp.row_upper_ = parts.row_lower, parts.row_upper
    lp.offset_ = model.offset / unit
    lp.sense_ = highspy.ObjSense.kMaximize if model.most else highspy.ObjSense.kMinimize
    a = lp.a_matrix_
    a.format_ = highspy.MatrixFormat.kRowwise
    a.num_col_, a.num_row_ = model.variables, model.rows
    a.start_, a.index_, a.value_ = parts.matrix.indptr, parts.matrix.indices, parts.matrix.data
    if parts.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(w)] for w in parts.whole]
    solver = _Quiet()  # type: ignore[no-untyped-call]
    for option, value in _options(nodes).items():
        solver.setOptionValue(option, value)
    if solver.passModel(lp) == highspy.HighsStatus.kError:
        raise PlanError(Text("求解器不接受此模型", "the solver does not take the model"))
    return solver


def _options(nodes: int | None) -> dict[str, float | str]:
    return {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_max_nodes": _MOST if nodes is None else nodes,
    }


_S = highspy.HighsModelStatus
_STATUS: dict[Any, Status] = {
    _S.kOptimal: "optimal",
    _S.kModelEmpty: "optimal",
    _S.kInfeasible: "infeasible",
    _S.kUnbounded: "unbounded",
    _S.kSolutionLimit: "limit",
    _S.kIterationLimit: "limit",
}
