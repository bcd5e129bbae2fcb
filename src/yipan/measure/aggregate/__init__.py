"""From scores of indicators to one figure a zone, as pure functions of scores and weights."""

from yipan.measure.aggregate.ideal import topsis
from yipan.measure.aggregate.means import (
    arithmetic,
    geometric,
    harmonic,
    mazziotta_pareto,
    mean_min,
    power,
)
from yipan.measure.aggregate.outrank import Order, copeland, copeland_of, noncompensatory, outranking

__all__ = [
    "Order",
    "arithmetic",
    "copeland",
    "copeland_of",
    "geometric",
    "harmonic",
    "mazziotta_pareto",
    "mean_min",
    "noncompensatory",
    "outranking",
    "power",
    "topsis",
]
