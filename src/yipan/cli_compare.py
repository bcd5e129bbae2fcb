"""``yipan propose`` and ``yipan compare``: candidates with the gaps they answer; plans side by side."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click
import pandas as pd

from yipan.cli_coordinate import records
from yipan.errors import PlanError, RegionError
from yipan.loop import propose_for, read_plan
from yipan.measure import Results, catalogue, measure
from yipan.measure.outlook import write_csv
from yipan.plan import Plan
from yipan.plan.compare import MEASURES, Compared, compare_plans
from yipan.plan.propose import Proposal
from yipan.region import Region
from yipan.region.findings import suggest
from yipan.region.read import read_region
from yipan.scenario import project_as_dict, write_projects
from yipan.scenario.values import Project
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Lang, Text

SHOWN = 20
"""Zones shown; the files hold all."""


@click.command("propose")
@click.argument("folder", type=FOLDER)
@click.option(
    "--answers", default=None, metavar="INDICATOR", help="只列回应该指标的候选 / only those answering it"
)
@click.option("--zone", default=None, metavar="ZONE", help="只列该分区的候选 / only those in a zone")
@click.option(
    "--out",
    type=FOLDER,
    default=None,
    help="把候选写成一个 TOML 文件,供修改 / write them to one TOML file, to be edited",
)
@json_option
@lang_option
def propose_command(
    *,
    folder: Path,
    answers: str | None,
    zone: str | None,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """由测得的差距提出候选项目 / Candidate projects from measured gaps, each with the gap it answers."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    zone = None if zone is None else zone_id(region, zone)
    results = measure(region)
    proposal = propose_for(folder, region, results)
    chosen = [
        p
        for p in proposal.projects
        if (answers is None or answers in p.answers) and (zone is None or zone in p.zones)
    ]
    if not chosen:
        why = dict.fromkeys(p for r in proposal.refused for p in r.problems)
        raise PlanError(_none(proposal, answers, zone), problems=() if proposal.projects else [*why])
    screen.json(
        {
            "projects": [project_as_dict(p) | {"origin": p.origin} for p in chosen],
            "refused": [
                {"id": r.id, "problems": [p.as_dict() for p in r.problems]} for r in proposal.refused
            ],
            "alike": [list(pair) for pair in proposal.alike],
        }
    )
    if not as_json:
        _show_candidates(screen, region, results, projects=chosen)
        for refused in proposal.refused:
            screen.say(f"未采用的候选:{refused.name.zh}", f"candidate refused: {refused.name.in_('en')}")
            screen.problems(refused.problems)
    if out is not None:
        path = write_projects(chosen, out / "candidates.toml" if out.is_dir() else out)
        screen.say(f"已写 {len(chosen)} 个项目到 {path}", f"Wrote {len(chosen)} projects to {path}")


def zone_id(region: Region, text: str) -> str:
    """Return the id of a zone given by its id or by its name in either language.

    Raises
    ------
    RegionError
        When there is no such zone; the nearest ids and names are told.

    Examples
    --------
    >>> from yipan.region import example
    >>> zone_id(example("tiny"), "B"), zone_id(example("tiny"), "Hill Gate")
    ('B', 'C')
    """
    names = {n.casefold(): z for z in region.zone_ids for n in (z, *_both(region.zone_name(z)))}
    if text.casefold() in names:
        return names[text.casefold()]
    near = suggest(text, list(names))
    raise RegionError(Text(f"没有分区“{text}”{near.zh}", f"there is no zone '{text}'{near.en}"))


def _both(name: Text) -> tuple[str, str]:
    return name.zh, name.en


def _none(proposal: Proposal, answers: str | None, zone: str | None) -> Text:
    there = sorted({a for p in proposal.projects for a in p.answers})
    zones = sorted({z for p in proposal.projects for z in p.zones})
    if answers is not None and answers not in there:
        return Text(
            f"没有候选回应指标 {answers};有候选的指标:{'、'.join(there)}",
            f"no candidate answers {answers}; candidates answer: {', '.join(there)}",
        )
    if zone is not None and zone not in zones:
        return Text(
            f"分区 {zone} 没有候选;有候选的分区:{'、'.join(zones)}",
            f"no candidate lies in the zone {zone}; there are some in: {', '.join(zones)}",
        )
    return Text("没有候选项目", "there are no candidates")


def _show_candidates(screen: Screen, region: Region, results: Results, *, projects: list[Project]) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    money = f"1e8 {region.meta.currency}, {region.meta.price_year}"
    header = (
        ["编号", "项目", "分区", f"资本({money})", "回应的差距", "缘由"]
        if zh
        else ["id", "project", "zones", f"capital ({money})", "gap it answers", "because"]
    )
    names = catalogue()
    rows = [
        [
            p.id,
            p.name.in_(lang),
            Text("、", ", ").in_(lang).join(region.zone_name(z).in_(lang) for z in p.zones),
            f"{p.cost:.2f}",
            "\n".join(f"{a} {names[a].name.in_(lang)}" if a in names else a for a in p.answers) or "–",
            p.because.in_(lang),
        ]
        for p in projects
    ]
    title = Text(f"{len(projects)} 个候选项目", f"{len(projects)} candidate projects")
    screen.table(title.in_(lang), header, rows)


@click.command("compare")
@click.argument("plans", nargs=-1, type=FOLDER, required=True)
@click.option("--out", type=FOLDER, default=None, help="写出全部表的文件夹 / folder for all tables")
@json_option
@lang_option
def compare_command(*, plans: tuple[Path, ...], out: Path | None, lang: str | None, as_json: bool) -> None:
    """并排比较两个以上方案(plan.json)/ Compare two plans or more, each a plan.json of `yipan plan`."""
    screen = make_screen(lang, as_json=as_json)
    read = [read_plan(p / "plan.json" if p.is_dir() else p) for p in plans]
    names = names_of(plans)
    found = compare_plans(read, names)
    tables = tables_of(found)
    screen.json(
        {name: records(t) for name, t in tables.items()}
        | {"shared": found.shared(), "problems": [p.as_dict() for p in found.problems]}
    )
    if not as_json:
        _show_measures(screen, read[0], found)
        _show_projects(screen, read, found)
        _show_zones(screen, found)
        screen.problems(found.problems)
    if out is not None:
        for name, table in tables.items():
            write_csv(out / f"{name}.csv", table)
        screen.say(f"已写 {out}", f"Wrote {out}")


def names_of(paths: tuple[Path, ...]) -> list[str]:
    """Return a short name for each file: its own, or its folder's where files are named alike.

    Examples
    --------
    >>> names_of((Path("a/plan.json"), Path("b/plan.json"), Path("c.json")))
    ['a', 'b', 'c']
    >>> names_of((Path("x/a/plan.json"), Path("y/a/plan.json")))
    ['x/a', 'y/a']
    """
    short = [p.parent.name if p.name == "plan.json" and p.parent.name else p.stem for p in paths]
    if len(set(short)) < len(short):
        return [str(p.parent if p.name == "plan.json" else p) for p in paths]
    return short


def tables_of(found: Compared) -> dict[str, pd.DataFrame]:
    """Return every table by name, ids as columns."""
    return {
        "measures": found.measures.rename_axis("measure").reset_index(),
        "projects": found.projects.reset_index(),
        "zones": found.zones.reset_index(),
        "indicators": found.indicators.reset_index(),
    }


def _n(value: float, form: str = ".2f") -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _label(name: str, lang: Lang) -> str:
    if name in MEASURES:
        label, unit = MEASURES[name]
        return f"{label.in_(lang)} ({unit.in_(lang)})"
    cluster = name.removeprefix("index:")
    return Text(f"片区 {cluster} 的指数 (分)", f"index of cluster {cluster} (points)").in_(lang)


def _show_measures(screen: Screen, first: Plan, found: Compared) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    columns = ["现状" if zh else "today", *map(str, found.measures.columns[1:])]
    whole = {"projects"}
    rows = [
        [_label(str(name), lang), *(_n(float(v), ".0f" if name in whole else ".2f") for v in row)]
        for name, row in zip(found.measures.index, found.measures.to_numpy(dtype=float), strict=True)
    ]
    year = first.path.index[-1]
    title = Text(f"{year} 年的方案比较", f"Plans in {year}")
    screen.table(title.in_(lang), ["指标" if zh else "measure", *columns], rows)


def _show_projects(screen: Screen, plans: list[Plan], found: Compared) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    names: dict[str, Any] = {p.id: p.name for plan in plans for p in plan.candidates}
    rows = [
        [str(i), names[str(i)].in_(lang), *(_n(float(v), ".0f") for v in row)]
        for i, row in zip(found.projects.index, found.projects.to_numpy(dtype=float), strict=True)
    ]
    title = Text(
        f"开工年份;{len(found.shared())} 个项目在所有方案中",
        f"First year; {len(found.shared())} projects in all",
    )
    header = ["编号", "项目"] if zh else ["id", "project"]
    screen.table(title.in_(lang), [*header, *map(str, found.projects.columns)], rows)


def _show_zones(screen: Screen, found: Compared) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    spread = (found.zones.max(axis=1) - found.zones.min(axis=1)).sort_values(ascending=False, kind="stable")
    rows = [
        [str(z), *(_n(float(v), "+.2f") for v in found.zones.loc[str(z)].to_numpy(dtype=float))]
        for z in spread.index[:SHOWN]
    ]
    title = Text(
        "各分区指数的变化(分),差别最大的在前", "Rise of each zone's index (points), largest difference first"
    )
    screen.table(title.in_(lang), ["分区" if zh else "zone", *map(str, found.zones.columns)], rows)


COMMANDS = (propose_command, compare_command)
