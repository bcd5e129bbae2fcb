"""Yipan (一盘): plan a metropolitan region as one board.

Measure a region, try projects on it, search the best plan under a budget, track it to delivery.

>>> from yipan import example, measure
>>> results = measure(example("tiny"))
>>> list(results.needs.columns)
['economy', 'living', 'ecology', 'safety', 'index']
"""

from yipan import options
from yipan.errors import (
    LedgerError,
    MeasureError,
    OptionError,
    PackError,
    PlanError,
    Problem,
    RegionError,
    ScenarioError,
    ShowError,
    UnknownName,
    UnsafeFile,
    YipanError,
)
from yipan.measure import Results, gaps, load_packs, measure
from yipan.network import (
    Matrix,
    TravelTimes,
    Window,
    accessibility,
    compute_matrix,
    describe_network,
    equity,
    isochrones,
    open_matrix,
    street_isochrones,
    street_reach,
    travel_rows,
    travel_times,
)
from yipan.pack import Indicator, Pack, Rule, UnitCost
from yipan.plan import Objective, Plan, default_objective, plan_from_dict, plan_to_dict, propose, search
from yipan.region import Quality, Region, example
from yipan.region.read import read_checked, read_region
from yipan.region.scaffold import scaffold
from yipan.region.write import write_region
from yipan.scenario import Project, Scenario, Start, apply, resolve
from yipan.scenario.files import read_projects
from yipan.show import write_report
from yipan.text import Text
from yipan.track import Ledger, reforecast, start_ledger, status
from yipan.version import __version__

__all__ = [
    "Indicator",
    "Ledger",
    "LedgerError",
    "Matrix",
    "MeasureError",
    "Objective",
    "OptionError",
    "Pack",
    "PackError",
    "Plan",
    "PlanError",
    "Problem",
    "Project",
    "Quality",
    "Region",
    "RegionError",
    "Results",
    "Rule",
    "Scenario",
    "ScenarioError",
    "ShowError",
    "Start",
    "Text",
    "TravelTimes",
    "UnitCost",
    "UnknownName",
    "UnsafeFile",
    "Window",
    "YipanError",
    "__version__",
    "accessibility",
    "apply",
    "compute_matrix",
    "default_objective",
    "describe_network",
    "equity",
    "example",
    "gaps",
    "isochrones",
    "load_packs",
    "measure",
    "open_matrix",
    "options",
    "plan_from_dict",
    "plan_to_dict",
    "propose",
    "read_checked",
    "read_projects",
    "read_region",
    "reforecast",
    "resolve",
    "scaffold",
    "search",
    "start_ledger",
    "status",
    "street_isochrones",
    "street_reach",
    "travel_rows",
    "travel_times",
    "write_region",
    "write_report",
]
