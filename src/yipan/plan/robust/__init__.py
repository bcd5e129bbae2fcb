"""Robustness of plans: overrun, delay, demand and effects drawn with common random numbers."""

from yipan.plan.robust.files import robustness_from_dict, robustness_to_dict
from yipan.plan.robust.robust import contenders, need_groups, robust
from yipan.plan.robust.values import (
    Check,
    Contender,
    Driver,
    Duel,
    Opening,
    Outcome,
    Robustness,
    Sampling,
    Spread,
)
from yipan.plan.robust.words import describe_robustness

__all__ = [
    "Check",
    "Contender",
    "Driver",
    "Duel",
    "Opening",
    "Outcome",
    "Robustness",
    "Sampling",
    "Spread",
    "contenders",
    "describe_robustness",
    "need_groups",
    "robust",
    "robustness_from_dict",
    "robustness_to_dict",
]
