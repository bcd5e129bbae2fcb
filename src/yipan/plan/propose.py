"""Candidates: the listed projects and those the packs' rules propose from measured gaps, checked together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from yipan.errors import Problem, errors_of
from yipan.measure import Results, load_packs
from yipan.pack import Pack, Rule, UnitCost
from yipan.plan.alike import alike_pairs
from yipan.region.value import Region
from yipan.scenario import resolve
from yipan.scenario.links import mend_links, mutual_excludes
from yipan.scenario.values import Project
from yipan.text import Text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refused:
    """A project, or a rule (``rule:ID``), that cannot be a candidate, and every reason."""

    id: str
    name: Text
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed: candidates that resolve on the region, and what was refused, by name.

    `alike` names the pairs that were set to exclude each other because they do nearly the same.
    """

    projects: tuple[Project, ...]
    refused: tuple[Refused, ...]
    alike: tuple[tuple[str, str], ...]


def propose(
    region: Region,
    results: Results,
    *,
    listed: Sequence[Project] = (),
    packs: Sequence[Pack] | None = None,
) -> tuple[Project, ...]:
    """Return the candidate projects for a region; what was refused is logged.

    Parameters
    ----------
    region, results
        The region and what was measured of it.
    listed
        Projects written by hand (`yipan.scenario.read_projects`); they come first and win over a proposed one
        with the same id or the same interventions.
    packs
        Whose rules propose; all installed packs when None.

    Returns
    -------
    tuple of Project
        Ids unique; every project resolves on `region`; prices of the region's price year; near-doubles
        exclude each other in both directions. Deterministic, order included.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> tiny = example("tiny")
    >>> region = tiny.replace(meta=replace(tiny.meta, price_year=2024))  # the year of the unit costs
    >>> projects = propose(region, measure(region))
    >>> next(p.name.en for p in projects if p.id == "park-C")
    'Industrial park in Hill Gate (3,000 jobs)'
    """
    proposal = propose_checked(region, results, listed=listed, packs=packs)
    for refused in proposal.refused:
        log.warning("%s: %s", refused.id, "; ".join(p.line("en") for p in refused.problems))
    return proposal.projects


def propose_checked(
    region: Region,
    results: Results,
    *,
    listed: Sequence[Project] = (),
    packs: Sequence[Pack] | None = None,
) -> Proposal:
    """Return the candidates together with what was refused and why (see `propose`)."""
    packs = load_packs() if packs is None else packs
    refused: list[Refused] = []
    found = [*listed, *_from_rules(region, results, packs, refused)]
    kept: dict[str, Project] = {}
    lost: list[tuple[str, str]] = []  # bundles that miss a project
    done: dict[str, str] = {}  # what is changed, by the first project that does
    for project in found:
        problems = _problems(region, project, taken=kept) + _doubled(project, done)
        if problems:
            refused.append(Refused(project.id, project.name, tuple(problems)))
            lost += [(project.bundle, project.id)] if project.bundle else []
        else:
            kept[project.id] = project
            done[_content(project)] = project.id
    sound = _linked(kept, {p.id for p in found}, lost, refused)
    pairs = alike_pairs(region, sound)
    return Proposal(mutual_excludes(sound, pairs=pairs), tuple(refused), pairs)


def _from_rules(
    region: Region, results: Results, packs: Sequence[Pack], refused: list[Refused]
) -> Iterable[Project]:
    costs: dict[str, UnitCost] = {c.id: c for pack in packs for c in pack.costs}
    for pack in packs:
        for rule in pack.rules:
            name = f"rule:{rule.id}"
            problems = _money(pack, region) + _unmeasured(rule, results)
            if problems:
                refused.append(Refused(name, rule.name, tuple(problems)))
                continue
            for project in rule.propose(region, results.values, costs):
                yield replace(project, origin=name)


def _money(pack: Pack, region: Region) -> list[Problem]:
    """Say why a pack's unit costs cannot be used here: another currency, prices of another year."""
    out = []
    ours, theirs = region.meta.currency, sorted({c.currency for c in pack.costs} - {region.meta.currency})
    if theirs:
        named = ", ".join(theirs)
        out.append(
            Problem(
                what=Text(
                    f"单位造价为 {named},区域为 {ours}", f"unit costs are in {named}, the region in {ours}"
                ),
                remedy=Text("在领域包中给出本币造价", "give the pack unit costs in the region's currency"),
                file=f"{pack.id}/costs.csv",
                column="currency",
            )
        )
    year, years = (
        region.meta.price_year,
        sorted({c.price_year for c in pack.costs} - {region.meta.price_year}),
    )
    if years:
        named = ", ".join(map(str, years))
        out.append(
            Problem(
                what=Text(
                    f"单位造价为 {named} 年价,区域为 {year} 年价",
                    f"unit costs are at prices of {named}, the region's are of {year}",
                ),
                remedy=Text(
                    f"在 region.toml 中设 price_year = {years[0]}",
                    f"set price_year = {years[0]} in region.toml",
                ),
                file=f"{pack.id}/costs.csv",
                column="price_year",
            )
        )
    return out


def _unmeasured(rule: Rule, results: Results) -> list[Problem]:
    return [
        Problem(
            what=Text(f"指标 {i} 未测度", f"the indicator {i} was not measured"),
            remedy=Text(f"测度时包含 {i}", f"measure with {i} included"),
        )
        for i in rule.indicators
        if i not in results.values.columns and i not in results.region_values
    ]


def _problems(region: Region, project: Project, *, taken: dict[str, Project]) -> list[Problem]:
    problems = errors_of(resolve(region, project))
    if project.id in taken:
        problems.append(
            Problem(
                what=Text(f"编号 {project.id} 已被使用", f"the id {project.id} is already taken"),
                remedy=Text("换一个编号", "give it another id"),
                column="id",
            )
        )
    return problems


def _content(project: Project) -> str:
    return repr(sorted(repr(sorted(i.as_dict().items(), key=str)) for i in project.interventions))


def _doubled(project: Project, done: Mapping[str, str]) -> list[Problem]:
    other = done.get(_content(project))
    if other is None:
        return []
    return [
        Problem(
            what=Text(f"与 {other} 完全相同", f"does exactly what {other} does"),
            remedy=Text("保留其中一个", "keep one of the two"),
            column="interventions",
        )
    ]


def _linked(
    kept: dict[str, Project], known: set[str], lost: Sequence[tuple[str, str]], refused: list[Refused]
) -> tuple[Project, ...]:
    """Drop projects whose needs or bundle mates were refused; exclusions of those fall away with them."""
    sound, problems = mend_links([("", p) for p in kept.values()], known=known, refused=lost)
    left = set(kept) - {p.id for p in sound}
    for i in sorted(left):
        mine = tuple(p for p in errors_of(problems) if p.column.split(".")[0] == i)
        refused.append(Refused(i, kept[i].name, mine or tuple(errors_of(problems))))
    return sound
