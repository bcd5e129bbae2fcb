"""Phasing: the start years of chosen projects that bring the most discounted gain, measured, with a bound."""

from yipan.plan.phasing.money import bundle_years, present
from yipan.plan.phasing.run import best_years
from yipan.plan.phasing.values import Effort, Phased, Present

__all__ = ["Effort", "Phased", "Present", "best_years", "bundle_years", "present"]
