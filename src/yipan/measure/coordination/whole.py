"""Everything of this package that one measured region's data allow, and which file would supply the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import Problem, YipanError
from yipan.measure.coordination.autocorrelation import LocalMoran, Moran, local_moran, moran
from yipan.measure.coordination.checks import named, problem, refuse, warning
from yipan.measure.coordination.convergence import Beta, Sigma, beta_convergence, sigma_convergence
from yipan.measure.coordination.coupling import Coupling, Form
from yipan.measure.coordination.facts import (
    need_coupling,
    need_obstacles,
    need_shares,
    service_by_zone,
    statistic_panel,
)
from yipan.measure.coordination.lacks import (
    few_years,
    invented_services,
    lacking_needs,
    no_ratio,
)
from yipan.measure.coordination.linkages import Linkages, zone_linkages
from yipan.measure.coordination.metacoupling import Metacoupling, metacoupling
from yipan.measure.coordination.potential import HourCircles, hour_circles, market_potential
from yipan.measure.coordination.services import DagumGini, ServiceInequality, service_inequality
from yipan.measure.coordination.spatial import time_weights, zone_contiguity
from yipan.measure.coordination.uneven import Structure, uneven_index, zone_structure
from yipan.measure.coordination.zone_times import ZoneTimes, zone_times
from yipan.measure.values import NEEDS, Results
from yipan.network import TravelTimes, travel_times
from yipan.network.values import Mode
from yipan.region.value import Region
from yipan.text import Text

SERVICES = ("hospital", "clinic", "school", "university", "library", "shelter", "fire_station")
"""Kinds of places that are public services, where the places table lists them."""
PARTS: Mapping[str, Text] = {
    "coupling": Text("四类需要的耦合协调", "coupling coordination of the needs"),
    "obstacles": Text("障碍度", "obstacle degrees"),
    "metacoupling": Text("元耦合", "metacoupling"),
    "times": Text("分区间出行时间", "travel times between zones"),
    "circles": Text("一小时圈", "one-hour circles"),
    "potential": Text("市场潜力", "market potential"),
    "services": Text("公共服务的泰尔指数", "Theil's index of public services"),
    "dagum": Text("得分的达格姆基尼系数", "Dagum's Gini of the scores"),
    "structure": Text("产业结构", "industrial structures"),
    "moran": Text("指数的空间自相关", "spatial autocorrelation of the index"),
    "convergence": Text("收敛", "convergence"),
    "linkages": Text("引力联系", "gravity linkages"),
}
"""Parts of a `Whole`, in the order they are shown."""
_FILES = {
    "circles": "zones.geojson",
    "services": "places.csv",
    "convergence": "statistics.csv",
    "linkages": "flows.csv",
    "structure": "statistics.csv",
}
_CONVERGENCE = Text("收敛无法检验", "convergence cannot be tested")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Whole:
    """What a region's data allow; a part that cannot be computed is None (or empty) and named in `absent`.

    Parameters
    ----------
    coupling
        Of the four needs, in all zones.
    obstacles
        Zones × scored indicators, % of what is missing to the full index; NaN where a need has no score.
    metacoupling
        Of the zones with all need scores; far zones by travel time.
    circles
        Between clusters.
    potential
        One row a zone: ``potential`` (`size` per minute) and ``share`` (% of the largest).
    size
        What the market potential adds up: ``gdp`` or ``population``.
    services
        Theil's index by kind of place, and what was counted: ``capacity`` or ``number`` (`counted`).
    dagum
        Of the need scores and the index between and within clusters, by need.
    structure
        What zones make, where the statistics hold sectors.
    moran, local
        Of the index, over shared borders.
    sigma, beta
        Convergence of `ratio` between zones; `beta` from the first to the last year of `sigma`.
    linkages
        By kind of flow.
    absent
        Why a part is missing or incomplete, by key of `PARTS`: errors where there is nothing, else warnings.
    """

    coupling: Coupling | None
    obstacles: pd.DataFrame | None
    metacoupling: Metacoupling | None
    circles: HourCircles | None
    potential: pd.DataFrame | None
    size: str
    services: Mapping[str, ServiceInequality]
    counted: Mapping[str, str]
    dagum: Mapping[str, DagumGini]
    structure: Structure | None
    moran: Moran | None
    local: LocalMoran | None
    ratio: str
    sigma: Sigma | None
    beta: Beta | None
    linkages: Mapping[str, Linkages]
    absent: Mapping[str, tuple[Problem, ...]]


class _Notes:
    """Collects why parts are missing while they are computed."""

    def __init__(self) -> None:
        self.found: dict[str, list[Problem]] = {}

    def add(self, part: str, *problems: Problem) -> None:
        """Note problems of a part, with the file that would supply what it lacks."""
        here = self.found.setdefault(part, [])
        for p in problems:
            default = _FILES.get(part, "") if p.severity == "error" else ""
            one = replace(p, file=p.file or default)
            if one not in here:
                here.append(one)

    def attempt(self, part: str, compute: Callable[[], _T]) -> _T | None:
        """Return what is computed, or None with the reasons noted."""
        try:
            return compute()
        except YipanError as error:
            plain = problem(error.message, Text("核对数据", "check the data"))
            self.add(part, *(error.problems or (plain,)))
            return None


def whole(
    region: Region,
    results: Results,
    *,
    form: Form = "standard",
    mode: Mode = "any",
    limit: float = 60.0,
    ratio: str = "gdp/population",
) -> Whole:
    """Return every figure of coordination that the data of a region allow.

    Parameters
    ----------
    results
        `yipan.measure.measure` of the same region.
    form
        Of the coupling degree.
    mode, limit
        Of the travel times, and minutes of the circles.
    ratio
        What is tested for convergence: a variable of the statistics, or one over another.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> found = whole(region, measure(region))
    >>> found.linkages, found.absent["linkages"][0].file
    ({}, 'flows.csv')
    """
    notes = _Notes()
    coupling = notes.attempt("coupling", lambda: need_coupling(results, form))
    if coupling is not None:
        notes.add("coupling", *coupling.problems, *lacking_needs(results))
    times = notes.attempt("times", lambda: travel_times(region, mode))
    between = _between(region, times, limit=limit, notes=notes)
    potential, size = _potential(region, between, notes)
    services, counted = _services(region, notes)
    global_, local = _moran(region, results, notes)
    sigma, beta = _convergence(region, ratio, notes)
    return Whole(
        coupling=coupling,
        obstacles=notes.attempt("obstacles", lambda: need_obstacles(results)),
        metacoupling=_metacoupling(region, results, form=form, between=between, notes=notes),
        circles=_circles(region, times, limit=limit, notes=notes),
        potential=potential,
        size=size,
        services=services,
        counted=counted,
        dagum=_dagum(results, notes),
        structure=notes.attempt("structure", lambda: zone_structure(region)),
        moran=global_,
        local=local,
        ratio=ratio,
        sigma=sigma,
        beta=beta,
        linkages=_linkages(region, between, notes),
        absent={part: tuple(notes.found[part]) for part in PARTS if notes.found.get(part)},
    )


def _between(region: Region, times: TravelTimes | None, *, limit: float, notes: _Notes) -> ZoneTimes | None:
    if times is None:
        return None
    found = notes.attempt("times", lambda: zone_times(region, times, limit=limit))
    if found is not None:
        notes.add("times", *found.problems)
    return found


def _no_times(part: str, notes: _Notes) -> None:
    what = Text("没有分区间出行时间", "there are no travel times between zones")
    remedy = Text("见“分区间出行时间”一栏", "see what travel times between zones lack")
    notes.add(part, replace(problem(what, remedy), file="links.csv"))


def _metacoupling(
    region: Region, results: Results, *, form: Form, between: ZoneTimes | None, notes: _Notes
) -> Metacoupling | None:
    scores = need_shares(results)
    keep: NDArray[np.bool_] = np.asarray(np.isfinite(scores).all(axis=1))
    if not keep.all():
        who = named(region.zone_ids, ~keep)
        what = Text(f"缺少需要得分,未计入:{who}", f"left out, a need score is missing: {who}")
        notes.add("metacoupling", warning(what, Text("补齐得分", "supply the scores"), column="needs"))

    if not keep.any():
        what = Text("没有分区具备全部需要得分", "no zone has all need scores")
        notes.add("metacoupling", problem(what, Text("补齐得分", "supply the scores"), column="needs"))
        return None

    def compute() -> Metacoupling:
        near = zone_contiguity(region)
        far = None
        if between is not None:
            far = time_weights(between.minutes, between.zones, apart_from=near).kept(keep)
        return metacoupling(scores[keep], near.kept(keep), tele=far, form=form, subsystems=NEEDS)

    found = notes.attempt("metacoupling", compute)
    if found is not None:
        notes.add("metacoupling", *(p for p in found.problems if p not in found.intra.problems))
        if between is None:
            _no_times("metacoupling", notes)
    return found


def _circles(region: Region, times: TravelTimes | None, *, limit: float, notes: _Notes) -> HourCircles | None:
    if times is None:
        _no_times("circles", notes)
        return None
    found = notes.attempt("circles", lambda: hour_circles(region, times, limit=limit))
    if found is not None:
        notes.add("circles", *found.problems)
    return found


def _potential(region: Region, between: ZoneTimes | None, notes: _Notes) -> tuple[pd.DataFrame | None, str]:
    cells = region.tables["cells"]
    money = "gdp" in cells and bool(np.isfinite(cells.numbers("gdp")).all())
    size = "gdp" if money else "population"
    if between is None:
        _no_times("potential", notes)
        return None, size
    if not money:
        what = Text("没有完整的 GDP,按居民计", "there is no complete GDP: residents count instead")
        remedy = Text("填写 cells.csv 的 gdp 列", "fill the column gdp of cells.csv")
        notes.add("potential", replace(warning(what, remedy, column="gdp"), file="cells.csv"))
    amounts = region.zone_sum(np.nan_to_num(cells.numbers(size)))
    found = notes.attempt(
        "potential", lambda: market_potential(amounts, between.minutes, zones=region.zone_ids)
    )
    if found is None:
        return None, size
    share = 100.0 * found / found.max() if found.max() > 0 else found * np.nan
    return pd.DataFrame({"potential": found, "share": share}), size


def _services(region: Region, notes: _Notes) -> tuple[dict[str, ServiceInequality], dict[str, str]]:
    people = region.zone_sum(np.nan_to_num(region.tables["cells"].numbers("population")))
    clusters = [region.cluster_of[z] or "–" for z in region.zone_ids]
    found, counted = {}, {}
    for kind in SERVICES:

        def compute(kind: str = kind) -> tuple[ServiceInequality, str]:
            amounts, how = service_by_zone(region, kind)
            return service_inequality(amounts, people, clusters, zones=region.zone_ids), how

        made = notes.attempt("services", compute)
        if made is not None:
            found[kind], counted[kind] = made
            notes.add("services", *made[0].problems, *invented_services(region, kind, made[0]))
    return found, counted


def _dagum(results: Results, notes: _Notes) -> dict[str, DagumGini]:
    found = notes.attempt("dagum", lambda: uneven_index(results))
    if found is None:
        return {}
    notes.add("dagum", *found[1])
    return found[0]


def _moran(region: Region, results: Results, notes: _Notes) -> tuple[Moran | None, LocalMoran | None]:
    index = results.needs["index"].to_numpy(np.float64)
    near = notes.attempt("moran", lambda: zone_contiguity(region))
    if near is None:
        return None, None
    found = notes.attempt("moran", lambda: moran(index, near, drop=True))
    if found is None:
        missing = np.isnan(index)
        if missing.any():
            who = named(region.zone_ids, missing)
            what = Text(f"没有指数,未计入:{who}", f"left out, no index: {who}")
            notes.add("moran", warning(what, Text("补齐得分", "supply the scores"), column="index"))
        return None, None
    notes.add("moran", *found.problems)
    return found, notes.attempt("moran", lambda: local_moran(index, near, drop=True))


def _convergence(region: Region, ratio: str, notes: _Notes) -> tuple[Sigma | None, Beta | None]:
    def compute() -> tuple[Sigma, Beta]:
        refuse(_CONVERGENCE, no_ratio(ratio))
        panel = statistic_panel(region, ratio)
        years = [int(y) for y in panel.columns]
        refuse(_CONVERGENCE, few_years(region, ratio, years))
        values = panel.to_numpy(np.float64)
        beta = beta_convergence(values[:, 0], values[:, -1], years=years[-1] - years[0])
        return sigma_convergence(values, years), beta

    found = notes.attempt("convergence", compute)
    if found is None:
        return None, None
    if "/" not in ratio:
        what = Text(
            f"{ratio} 是总量而非人均,反映规模", f"{ratio} is an amount, not per head: it tells of size"
        )
        remedy = Text(f"用 --converge {ratio}/population", f"use --converge {ratio}/population")
        notes.add("convergence", warning(what, remedy, column="ratio"))
    notes.add("convergence", *found[1].problems)
    return found


def _linkages(region: Region, between: ZoneTimes | None, notes: _Notes) -> dict[str, Linkages]:
    table = region.table("flows")
    if not len(table):
        what = Text("没有流量数据", "there are no flows")
        remedy = Text(
            "补充 flows.csv:分区之间的通勤、迁移或货流(kind, from, to, year, value, unit)",
            "supply flows.csv: commuters, migrants or goods between zones (kind, from, to, year, value,"
            " unit)",
        )
        notes.add("linkages", problem(what, remedy))
        return {}
    if between is None:
        _no_times("linkages", notes)
        return {}
    found = {}
    for kind in sorted(set(map(str, table["kind"]))):

        def compute(kind: str = kind) -> Linkages:
            return zone_linkages(region, kind, times=between)

        made = notes.attempt("linkages", compute)
        if made is not None:
            found[kind] = made
            notes.add("linkages", *made.problems)
    return found
