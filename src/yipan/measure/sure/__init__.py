"""How sure an index is: every choice as an alternative, which choice matters, what single indicators do."""

from yipan.measure.sure.alternatives import Alternatives, alternatives
from yipan.measure.sure.effects import (
    Compensability,
    compensability,
    correlation_ratios,
    importance,
)
from yipan.measure.sure.engine import Batch, Setup, evaluate, setup
from yipan.measure.sure.how_sure import HowSure, how_sure
from yipan.measure.sure.pairs import Tipping, TwoZones, order_of_two, tipping
from yipan.measure.sure.parts import add_one, drop_one, moved
from yipan.measure.sure.uncertain import Uncertainty, ranks_of, uncertainty
from yipan.measure.sure.values import (
    Choice,
    WeightFactors,
    aggregations,
    every_design,
    noisy_weights,
    random_designs,
    weightings,
)
from yipan.measure.sure.variance import Sensitivity, sobol, sobol_designs, sobol_points

__all__ = [
    "Alternatives",
    "Batch",
    "Choice",
    "Compensability",
    "HowSure",
    "Sensitivity",
    "Setup",
    "Tipping",
    "TwoZones",
    "Uncertainty",
    "WeightFactors",
    "add_one",
    "aggregations",
    "alternatives",
    "compensability",
    "correlation_ratios",
    "drop_one",
    "evaluate",
    "every_design",
    "how_sure",
    "importance",
    "moved",
    "noisy_weights",
    "order_of_two",
    "random_designs",
    "ranks_of",
    "setup",
    "sobol",
    "sobol_designs",
    "sobol_points",
    "tipping",
    "uncertainty",
    "weightings",
]
