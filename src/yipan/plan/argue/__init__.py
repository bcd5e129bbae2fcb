"""Reasons for a plan: replacement cost, synergy, alternatives, money, and `why` of one project."""

from yipan.plan.argue.argument import argue
from yipan.plan.argue.files import argument_from_dict, argument_to_dict
from yipan.plan.argue.values import (
    Alternative,
    ArgueLimits,
    Argument,
    MoneyCurve,
    MoneyPoint,
    Near,
    Pair,
    Replacement,
    Threshold,
    Told,
)
from yipan.plan.argue.why import Why, why
from yipan.plan.argue.words import describe_argument

__all__ = [
    "Alternative",
    "ArgueLimits",
    "Argument",
    "MoneyCurve",
    "MoneyPoint",
    "Near",
    "Pair",
    "Replacement",
    "Threshold",
    "Told",
    "Why",
    "argue",
    "argument_from_dict",
    "argument_to_dict",
    "describe_argument",
    "why",
]
