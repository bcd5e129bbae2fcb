"""Weights of indicators as pure functions of a table of zones × indicators; none is ever negative."""

from yipan.measure.weights.components import Components, components, pca, varimax
from yipan.measure.weights.doubt import Doubt, benefit_of_doubt
from yipan.measure.weights.given import ahp, equal, manual
from yipan.measure.weights.spread import critic, deviation, entropy, variation
from yipan.measure.weights.values import Weights
from yipan.measure.weights.wanted import optimised

__all__ = [
    "Components",
    "Doubt",
    "Weights",
    "ahp",
    "benefit_of_doubt",
    "components",
    "critic",
    "deviation",
    "entropy",
    "equal",
    "manual",
    "optimised",
    "pca",
    "variation",
    "varimax",
]
