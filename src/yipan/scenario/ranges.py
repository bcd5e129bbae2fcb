"""How uncertain a project is where nobody said: what became of projects of its kind.

Reference classes (Flyvbjerg): what projects of one kind cost in the end over what was said when they were
decided on, both at constant prices. Figures in `CLASSES` come from

- Flyvbjerg, Skamris Holm and Buhl (2003), How common and how large are cost overruns in transport
  infrastructure projects?, Transport Reviews 23(1): mean and standard deviation over 258 projects;
- Flyvbjerg and Gardner (2023), How Big Things Get Done, table of base rates: means.

`Reference.checked` says whether the figure was compared with a text that quotes the publication; the others
are to be taken as assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yipan.region.value import Region
from yipan.scenario.values import Intervention, Project, Ranges
from yipan.text import Text

DELAY_SHARE = 0.4
"""Years late per building year at most, where nobody said: assumed."""
_2003 = "Flyvbjerg, Skamris Holm & Buhl 2003"
_2023 = "Flyvbjerg & Gardner 2023"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What projects of one kind overran.

    Parameters
    ----------
    overrun, deviation
        Mean and standard deviation of cost over estimate, less one; None where only the mean is published.
    source, checked
        Publication, and whether the figure was compared with a quotation of it.
    """

    name: Text
    overrun: float
    deviation: float | None
    source: str
    checked: bool

    @property
    def factors(self) -> tuple[float, float]:
        """Factors on cost: one standard deviation around the mean, else from none to twice the mean."""
        if self.deviation is None:
            return 1.0, round(1 + 2 * self.overrun, 3)
        return round(1 + self.overrun - self.deviation, 3), round(1 + self.overrun + self.deviation, 3)


def _class(
    zh: str, en: str, overrun: float, deviation: float | None = None, *, checked: bool = False
) -> Reference:
    source = _2023 if deviation is None else _2003
    return Reference(name=Text(zh, en), overrun=overrun, deviation=deviation, source=source, checked=checked)


CLASSES: dict[str, Reference] = {
    "rail": _class("轨道交通", "rail", 0.45, 0.38, checked=True),
    "road": _class("道路", "roads", 0.20, 0.30, checked=True),
    "fixed_link": _class("桥梁与隧道", "bridges and tunnels", 0.34, 0.62, checked=True),
    "bus": _class("快速公交", "bus rapid transit", 0.40),
    "airport": _class("机场", "airports", 0.39),
    "port": _class("港口", "ports", 0.32),
    "hospital": _class("医院", "hospitals", 0.29),
    "building": _class("建筑", "buildings", 0.62),
    "dam": _class("水电大坝", "hydroelectric dams", 0.75, checked=True),
    "nuclear": _class("核电", "nuclear power", 1.20, checked=True),
    "fossil": _class("火电", "fossil thermal power", 0.16, checked=True),
    "wind": _class("风电", "wind power", 0.13, checked=True),
    "solar": _class("光伏", "solar power", 0.01, checked=True),
    "any": _class("各类交通基础设施", "transport infrastructure of any kind", 0.28, 0.39),
}
"""Reference class by name."""
_MODES = {"metro": "rail", "tram": "rail", "rail": "rail", "hsr": "rail", "bus": "bus"}
_PLACES = {
    "airport": "airport",
    "port": "port",
    "hospital": "hospital",
    "power_hydro": "dam",
    "power_nuclear": "nuclear",
    "power_coal": "fossil",
    "power_gas": "fossil",
    "power_oil": "fossil",
    "power_wind": "wind",
    "power_solar": "solar",
    "university": "building",
    "school": "building",
    "shelter": "building",
    "fire_station": "building",
    "rail_station": "rail",
    "hsr_station": "rail",
}


def default_ranges(project: Project, *, region: Region | None = None) -> Ranges:
    """Return the ranges of a project, those it does not state from its reference class.

    Of several interventions the class that overran most counts. Cost: see `Reference.factors`. Delay: from
    none to `DELAY_SHARE` years for each building year, assumed. Effect is left as stated: published
    shortfalls are of traffic, not of the access or service a project gives.

    Parameters
    ----------
    region
        Tells the mode of a line that is extended; without it such a line counts as rail.

    Examples
    --------
    >>> from yipan.region.schema import Quality
    >>> from yipan.scenario.interventions import ImproveLink
    >>> p = Project(id="x", name=Text("甲", "X"), owner=Text("", ""), zones=("A",), price_year=2020,
    ...             interventions=(ImproveLink(link="l4", speed=60.0),), capital=(1.0, 1.0), upkeep=0.0,
    ...             life=30, source="s", quality=Quality.ASSUMED, because=Text("", ""))
    >>> r = default_ranges(p)
    >>> r.cost, r.delay
    ((0.9, 1.5), (0.0, 0.8))
    >>> r.source
    'cost: roads, Flyvbjerg, Skamris Holm & Buhl 2003; delay: assumed, 0.4 years a building year'
    """
    stated, words = project.ranges, [project.ranges.source] if project.ranges.source else []
    cost, delay = stated.cost, stated.delay
    if cost is None:
        reference = CLASSES[reference_class(project, region=region)]
        cost = reference.factors
        doubt = "" if reference.checked else " (quoted from memory: assumed)"
        words.append(f"cost: {reference.name.en}, {reference.source}{doubt}")
    if delay is None:
        delay = (0.0, round(DELAY_SHARE * project.build_years, 1))
        words.append(f"delay: assumed, {DELAY_SHARE:g} years a building year")
    return Ranges(cost=cost, delay=delay, effect=stated.effect, source="; ".join(words))


def reference_class(project: Project, *, region: Region | None = None) -> str:
    """Return the name of the class in `CLASSES` whose overruns a project is compared with."""
    modes: dict[str, str] = {}
    if region is not None:
        lines = region.tables["lines"]
        modes = dict(zip(map(str, lines.array("id")), map(str, lines.array("mode")), strict=True))
    found = [_class_of(i, modes) for i in project.interventions]
    return max((c for c in found if c), key=lambda c: CLASSES[c].overrun, default="any")


def _class_of(intervention: Intervention, modes: Mapping[str, str]) -> str:
    """Return the class of one intervention, "" where there is none."""
    data = intervention.as_dict()
    kind = str(data.get("kind", ""))
    if intervention.type == "AddLine":
        return _MODES.get(str(data.get("mode")), "")
    if intervention.type in ("ExtendLine", "AddStop"):
        return _MODES.get(modes.get(str(data.get("line")), "rail"), "")
    if intervention.type in ("AddLink", "ImproveLink"):
        return "port" if kind == "ferry" else "road"
    return _PLACES.get(kind, "") if intervention.type == "AddPlace" else ""
