"""Measure a region: indicators, need scores, one index, differences, gaps against targets."""

from yipan.measure.compare import cluster_differences, cluster_values, describe, region_values
from yipan.measure.load import check_pack, load_packs
from yipan.measure.output import indicator_to_dict, results_to_dict
from yipan.measure.run import catalogue, forget, measure
from yipan.measure.targets import gaps
from yipan.measure.values import NEED_NAMES, NEEDS, REGION, Missing, Results

__all__ = [
    "NEEDS",
    "NEED_NAMES",
    "REGION",
    "Missing",
    "Results",
    "catalogue",
    "check_pack",
    "cluster_differences",
    "cluster_values",
    "describe",
    "forget",
    "gaps",
    "indicator_to_dict",
    "load_packs",
    "measure",
    "region_values",
    "results_to_dict",
]
