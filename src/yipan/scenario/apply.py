"""Projects on a region: what keeps one from being applied, and the changed region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from yipan.errors import Problem, ScenarioError, errors_of
from yipan.network import carry_over
from yipan.region.value import Region, Source
from yipan.scenario.change import SOURCE, missing, problem
from yipan.scenario.keys import range_problems, ranges_as_dict
from yipan.scenario.values import Project, Scenario
from yipan.text import Text

_SCENARIO = Source(
    id=SOURCE,
    title=Text(
        "情景假设:由所选项目带来的变化", "Assumed by a scenario: changes brought by the chosen projects"
    ),
)


def resolve(region: Region, project: Project) -> list[Problem]:
    """Return every reason why a project cannot be applied to a region, each with its remedy.

    Interventions are tried in order, each on what the ones before it have made of the region, so one may
    build on another. The region itself never changes.

    Examples
    --------
    >>> from yipan.region import example
    >>> from yipan.scenario.interventions import ClosePlace
    >>> from yipan.region.schema import Quality
    >>> p = Project(id="x", name=Text("甲", "X"), owner=Text("", ""), zones=("A",), price_year=2020,
    ...             interventions=(ClosePlace(place="hh2"),), capital=(1.0,), upkeep=0.0, life=30, source="s",
    ...             quality=Quality.ASSUMED, because=Text("", ""))
    >>> [q.line("en") for q in resolve(example("tiny"), p)]
    ['x.interventions[1].place: there is no place hh2 → write h2']
    """
    return _tried(region, project)[1]


def apply(region: Region, change: Project | Scenario) -> Region:
    """Return the region after a project, or after all projects of a scenario in their order.

    The region given stays as it is. New rows carry the source ``scenario`` and the quality
    ``assumed``. Where travel times of the region are memoised, those of the new region are seeded with
    the exact update (`yipan.network.carry_over`), so measuring it computes nothing from scratch.

    Raises
    ------
    ScenarioError
        With every problem found (see `resolve`).
    """
    problems: list[Problem] = []
    out = region
    for project in _projects(change):
        out, found = _tried(out, project)
        problems += found
    wrong = errors_of(problems)
    if wrong:
        raise ScenarioError(
            Text(f"无法实施:{len(wrong)} 处问题", f"cannot be applied: {len(wrong)} problems"), problems=wrong
        )
    if out is region:
        return region
    carry_over(region, out)
    return out


def touched(region: Region, project: Project) -> tuple[str, ...]:
    """Return the names of the tables a project changes on this region, in the order of the data dictionary.

    Raises
    ------
    ScenarioError
        When the project cannot be applied.
    """
    after = apply(region, project)
    return tuple(n for n, t in region.tables.items() if t.digest != after.tables[n].digest)


def _projects(change: Project | Scenario) -> Iterator[Project]:
    if isinstance(change, Project):
        yield change
    else:
        yield from (s.project for s in change.starts)


def _tried(region: Region, project: Project) -> tuple[Region, list[Problem]]:
    problems = _of_project(region, project)
    out = region
    for n, intervention in enumerate(project.interventions, start=1):
        found = intervention.resolve(out)
        prefix = f"{project.id}.interventions[{n}]"
        problems += [replace(p, column=f"{prefix}.{p.column}" if p.column else prefix) for p in found]
        if not errors_of(found):
            out = intervention.apply(out)
    return _with_source(out), problems


def _with_source(region: Region) -> Region:
    if any(s.id == SOURCE for s in region.meta.sources):
        return region
    return region.replace(meta=replace(region.meta, sources=(*region.meta.sources, _SCENARIO)))


def _of_project(region: Region, project: Project) -> list[Problem]:
    """Check the project itself: interventions, zones, money."""
    where = f"{project.id}."
    out = []
    if not project.interventions:
        out.append(
            problem(
                f"{where}interventions",
                ("没有措施", "has no intervention"),
                ("至少写一项措施", "write at least one intervention"),
            )
        )
    for zone in project.zones:
        out += missing(f"{where}zones", zone, region.zone_ids, ("分区", "zone"))
    year = region.meta.price_year
    if project.price_year != year:
        out.append(
            problem(
                f"{where}price_year",
                (
                    f"价格年份 {project.price_year} 与区域的 {year} 不同",
                    f"prices of {project.price_year}, but the region's are of {year}",
                ),
                (f"把投资换算为 {year} 年价格", f"convert the costs to prices of {year}"),
            )
        )
    return out + _of_figures(project)


def _of_figures(project: Project) -> list[Problem]:
    """Check what a project states of money, land and ranges."""
    where, out = f"{project.id}.", []
    yearly = (*project.capital, *project.opening_upkeep, project.upkeep)
    if not project.capital or min(yearly) < 0 or project.life < 1:
        out.append(
            problem(
                f"{where}capital",
                (
                    "投资与维护费应不小于零,至少一个建设年和一年使用期",
                    "costs must be zero or more, with a building year and a year of life at least",
                ),
                ("改正 capital、upkeep 或 life", "correct capital, upkeep or life"),
            )
        )
    if project.land is not None and project.land < 0:
        out.append(
            problem(
                f"{where}land",
                (f"占地为负:{project.land:g}", f"the land it takes is negative: {project.land:g}"),
                ("填写平方公里数", "write the km2 it takes"),
            )
        )
    ranges = ranges_as_dict(project.ranges)
    return out + [replace(p, column=where + p.column) for p in (range_problems(ranges) if ranges else [])]
