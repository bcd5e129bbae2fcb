"""Plan: propose candidates, search the best set under a budget, say why, and what just missed."""

from yipan.plan.core import Limits
from yipan.plan.describe import describe_plan
from yipan.plan.files import plan_from_dict, plan_to_dict
from yipan.plan.objective import default_objective
from yipan.plan.objective_file import read_objective, write_objective
from yipan.plan.problem import check_problem
from yipan.plan.propose import Proposal, Refused, propose, propose_checked
from yipan.plan.search import DEEP, Depth, search
from yipan.plan.values import Bound, Comparison, Future, Missed, Objective, Plan, Reason

__all__ = [
    "DEEP",
    "Bound",
    "Comparison",
    "Depth",
    "Future",
    "Limits",
    "Missed",
    "Objective",
    "Plan",
    "Proposal",
    "Reason",
    "Refused",
    "check_problem",
    "default_objective",
    "describe_plan",
    "plan_from_dict",
    "plan_to_dict",
    "propose",
    "propose_checked",
    "read_objective",
    "search",
    "write_objective",
]
