"""Diagnostics of indicators before they become an index: outliers, correlations, consistency."""

from yipan.measure.diagnose.indicators import RULE, Diagnostics, diagnose

__all__ = ["RULE", "Diagnostics", "diagnose"]
