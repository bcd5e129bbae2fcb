"""``yipan plan | phase | why``: search a plan, give it other years, say why a project is in it or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import click
from rich.markup import escape

from yipan.errors import PlanError
from yipan.loop import OBJECTIVE, Clock, plan_into, read_plan, require_same_region, write_json
from yipan.measure import NEEDS
from yipan.network.matrix.cluster import connected
from yipan.plan import (
    DEEP,
    Depth,
    Objective,
    Plan,
    default_objective,
    describe_plan,
    plan_to_dict,
    read_objective,
)
from yipan.plan.argue import why
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Game
from yipan.plan.phase import paths, spending
from yipan.plan.phasing import Effort, Phased, best_years, present
from yipan.plan.propose import Proposal
from yipan.plan.rules import Rules
from yipan.region import Region
from yipan.region.findings import suggest
from yipan.region.read import read_region
from yipan.scenario.values import Scenario, Start
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text

_PLAN = click.option(
    "--plan",
    "plan_file",
    type=FOLDER,
    default=Path("plan-out/plan.json"),
    show_default=True,
    help="yipan plan 写出的 plan.json / plan.json of yipan plan",
)


def budget_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add what an objective is made of."""
    for option in (
        click.option(
            "--discount",
            type=click.FloatRange(0, 1, max_open=True),
            default=0.0,
            show_default=True,
            help="排年份时的年贴现率,如 0.03 / yearly discount rate in phasing, e.g. 0.03",
        ),
        click.option(
            "--worst-tenth",
            type=float,
            default=None,
            help="处境最差十分之一居民的指数至少上升多少分 / least rise of the index of the worst-off tenth",
        ),
        click.option(
            "--objective",
            "objective_file",
            type=FOLDER,
            default=None,
            help="目标文件,代替其他目标选项;没有 --budget 时默认文件夹中的 objective.toml"
            " / objective file, in place of the other options (default without --budget: that of the folder)",
        ),
        click.option(
            "--weights",
            default=None,
            metavar="E,L,C,S",
            help="四类需要的权重,如 1,1,2,1 / weights of economy, living, ecology, safety",
        ),
        click.option(
            "--floor",
            type=float,
            default=0.0,
            show_default=True,
            help="每个片区指数至少上升多少分 / least rise of every cluster's index, points",
        ),
        click.option(
            "--yearly",
            type=float,
            default=None,
            help="每年资本上限,默认均摊的 1.5 倍 / most capital in one year (default 1.5 × even share)",
        ),
        click.option(
            "--years",
            default="2026-2035",
            show_default=True,
            metavar="A-B",
            help="起止年份 / first and last year of spending",
        ),
        click.option(
            "--budget",
            type=click.FloatRange(min=0, min_open=True),
            default=None,
            help="总预算,亿,区域的货币与价格年 / capital, 1e8 of the region's currency and price year",
        ),
    ):
        command = option(command)
    return command


def _years(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise click.BadParameter("写成 2026-2035 / write it as 2026-2035", param_hint="--years")
    return int(first), int(last)


def _weights(text: str | None) -> dict[str, float] | None:
    if text is None:
        return None
    try:
        parts = [float(x) for x in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) != len(NEEDS) or min(parts) < 0 or sum(parts) <= 0:
        raise click.BadParameter(
            "写四个不为负的数,如 1,1,2,1 / write four numbers, e.g. 1,1,2,1", param_hint="--weights"
        )
    return {need: part / sum(parts) for need, part in zip(NEEDS, parts, strict=True)}


def objective_of(
    region: Region,
    folder: Path,
    *,
    file: Path | None,
    budget: float | None,
    years: str,
    yearly: float | None,
    floor: float,
    weights: str | None,
    worst_tenth: float | None,
    discount: float,
) -> Objective:
    """Return the objective of a file, the one the options describe, or that of the region's folder.

    Raises
    ------
    PlanError
        When there is neither a file nor a budget, or the file has problems.
    """
    if file is not None:
        return read_objective(file, region)
    own = folder / OBJECTIVE
    if budget is None and own.is_file():
        return read_objective(own, region)
    if budget is None:
        raise click.UsageError("给出 --budget 或 --objective / give --budget or --objective")
    start, end = _years(years)
    base = default_objective(
        region,
        budget,
        yearly=yearly,
        start=start,
        end=end,
        weights=_weights(weights),
        worst_tenth=worst_tenth,
        discount=discount,
    )
    return replace(base, floors=dict.fromkeys(base.floors, floor))


@click.command("plan")
@click.argument("folder", type=FOLDER)
@budget_options
@click.option(
    "--quick",
    is_flag=True,
    help="只搜索,不求备选、门槛与稳健性 / search only: no alternatives, thresholds, robustness",
)
@click.option(
    "--deep",
    is_flag=True,
    help="多测量数百个组合来论证方案 / measure some hundred sets more to argue for the plan",
)
@click.option(
    "--cluster",
    default=None,
    metavar="ADDRESS",
    help="Dask 调度器地址,在其工作进程上测量 / measure on the workers of a Dask scheduler",
)
@click.option(
    "--out",
    type=FOLDER,
    default=Path("plan-out"),
    show_default=True,
    help="结果文件夹 / folder for results.json, plan.json, ledger.sqlite",
)
@json_option
@lang_option
def plan_command(
    *,
    folder: Path,
    objective_file: Path | None,
    budget: float | None,
    years: str,
    yearly: float | None,
    floor: float,
    weights: str | None,
    worst_tenth: float | None,
    discount: float,
    quick: bool,
    deep: bool,
    cluster: str | None,
    out: Path,
    lang: str | None,
    as_json: bool,
) -> None:
    """在预算内搜索方案并建立台账 / Search a plan under a budget and start its ledger."""
    if quick and deep:
        raise click.UsageError("--quick 与 --deep 不能并用 / --quick and --deep exclude each other")
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    objective = objective_of(
        region,
        folder,
        file=objective_file,
        budget=budget,
        years=years,
        yearly=yearly,
        floor=floor,
        weights=weights,
        worst_tenth=worst_tenth,
        discount=discount,
    )
    helpers = nullcontext(None) if cluster is None else connected(cluster)
    with screen.progress() as progress, helpers as client:
        _, proposal, found = plan_into(
            out,
            folder,
            region,
            objective=objective,
            clock=Clock(progress),
            depth=None if quick else DEEP if deep else Depth(),
            cluster=client,
        )
    screen.json(plan_to_dict(found))
    if not as_json:
        _refused(screen, proposal)
        screen.console.print(escape(describe_plan(found, screen.lang)), soft_wrap=True)
        screen.say(
            f"已写 {out}/plan.json、results.json、ledger.sqlite",
            f"Wrote {out}/plan.json, results.json, ledger.sqlite",
        )


def _refused(screen: Screen, proposal: Proposal) -> None:
    for refused in proposal.refused:
        screen.say(f"未采用的候选:{refused.name.in_('zh')}", f"Candidate refused: {refused.name.in_('en')}")
        screen.problems(refused.problems)


@click.command("why")
@click.argument("project")
@_PLAN
@json_option
@lang_option
def why_command(*, project: str, plan_file: Path, lang: str | None, as_json: bool) -> None:
    """一个项目为什么在(或不在)方案中 / Why a project is in the plan, or is not."""
    screen = make_screen(lang, as_json=as_json)
    plan = read_plan(plan_file)
    if plan.argument is None:
        raise PlanError(
            Text(
                f"{plan_file.name} 中没有理由:它由 yipan plan --quick 写出,请不带 --quick 重新运行",
                f"{plan_file.name} holds no argument: it was made with --quick; run yipan plan without it",
            )
        )
    found = why(plan.argument, project_id(plan, project))
    screen.json(found.to_dict())
    if not as_json:
        screen.console.print(escape(found.text(screen.lang)), soft_wrap=True)


def project_id(plan: Plan, text: str) -> str:
    """Return the id of a candidate given by its id or by its name in either language.

    Raises
    ------
    PlanError
        When there is no such candidate; near ones are named.
    """
    names = {n.casefold(): p.id for p in plan.candidates for n in (p.id, p.name.zh, p.name.en) if n}
    if text.casefold() in names:
        return names[text.casefold()]
    near = suggest(text, list(names))
    raise PlanError(
        Text(
            f"没有候选项目“{text}”{near.zh};编号见 yipan propose",
            f"there is no candidate '{text}'{near.en}; yipan propose lists the ids",
        )
    )


@click.command("phase")
@click.argument("folder", type=FOLDER)
@_PLAN
@click.option(
    "--yearly",
    type=click.FloatRange(0, min_open=True),
    default=None,
    help="每年资本上限,默认同原方案 / most capital in one year, 1e8 (default: as in the plan)",
)
@click.option(
    "--years",
    default=None,
    metavar="A-B",
    help="起止年份,默认同原方案 / first and last year (default: as in the plan)",
)
@click.option(
    "--discount",
    type=click.FloatRange(0, 1, max_open=True),
    default=None,
    help="年贴现率,默认同原方案 / yearly discount rate (default: as in the plan)",
)
@click.option(
    "--at-once",
    type=click.IntRange(1),
    default=None,
    help="同时在建的项目数上限 / most projects being built in one year",
)
@click.option(
    "--out", type=FOLDER, default=None, help="写出改了年份的 plan.json / write plan.json with the new years"
)
@json_option
@lang_option
def phase_command(
    *,
    folder: Path,
    plan_file: Path,
    yearly: float | None,
    years: str | None,
    discount: float | None,
    at_once: int | None,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """为方案的项目重新安排年份 / Give the projects of a plan other years, measured in every year."""
    screen = make_screen(lang, as_json=as_json)
    plan, region = read_plan(plan_file), read_region(folder)
    require_same_region(plan, region)
    o = plan.objective
    start, end = (o.start, o.end) if years is None else _years(years)
    objective = replace(
        o,
        start=start,
        end=end,
        yearly=o.yearly if yearly is None else yearly,
        discount=o.discount if discount is None else discount,
        at_once=o.at_once if at_once is None else {**o.at_once, "all": at_once},
    )
    with screen.progress() as progress, Clock(progress).step("search"):
        phased, moved = phase_again(region, plan, objective)
    screen.json(phased.as_dict())
    if not as_json:
        _show_years(screen, plan, moved, phased=phased)
    if out is not None:
        screen.say(f"已写 {write_json(plan_to_dict(moved), out / 'plan.json')}", f"Wrote {out / 'plan.json'}")


def phase_again(region: Region, plan: Plan, objective: Objective) -> tuple[Phased, Plan]:
    """Return the best start years found for a plan's projects under another objective, and that plan.

    Raises
    ------
    PlanError
        When no start years of all its projects fit; what is too little is named.
    """
    chosen = frozenset(s.project.id for s in plan.scenario.starts)
    rules = Rules(plan.candidates, replace(objective, futures=()))
    if rules.years(chosen) is None:
        raise PlanError(
            Text(
                f"{len(chosen)} 个项目在 {objective.start}–{objective.end} 年、每年 {objective.yearly:g} 亿之"
                "内排不下;请提高 --yearly、延长 --years,或放宽 --at-once",
                f"the {len(chosen)} projects do not fit {objective.start}–{objective.end} with"
                f" {objective.yearly:g} a year (1e8): raise --yearly, lengthen --years, or allow more by"
                " --at-once",
            )
        )
    evaluator = RegionEvaluator(region, rules)
    game = Game(rules, evaluator, slow=evaluator.moving)
    gains = {r.project: r.at_step for r in plan.reasons}
    found = best_years(rules, chosen, game.value, gains=gains, many=game.evaluate_many, effort=Effort())
    starts = tuple(
        Start(rules.projects[i], found.years[i])
        for i in sorted(rules.in_order(chosen), key=lambda i: found.years[i])
    )
    path, indicator_path = paths(evaluator, starts, objective=rules.objective)
    return found, replace(
        plan,
        objective=objective,
        scenario=Scenario(plan.scenario.name, starts),
        path=path,
        indicator_path=indicator_path,
        spending=spending(starts, objective),
        phased=found,
        present=present(starts, objective),
        robustness=None,  # both were of the other years
        regret=None,
    )


def _show_years(screen: Screen, plan: Plan, moved: Plan, *, phased: Phased) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    before = {s.project.id: s.year for s in plan.scenario.starts}
    header = (
        ["编号", "项目", "原开工", "开工", "见效", "资本(亿)"]
        if zh
        else ["id", "project", "start before", "start", "effect", "capital (1e8)"]
    )
    rows = [
        [
            s.project.id,
            s.project.name.in_(lang),
            str(before[s.project.id]),
            str(s.year),
            str(s.effective),
            f"{s.project.cost:.1f}",
        ]
        for s in moved.scenario.starts
    ]
    screen.table("年份" if zh else "Years", header, rows)
    words: Sequence[Text] = [phased.words(), *([] if moved.present is None else [moved.present.words()])]
    for text in words:
        screen.say(text.zh, text.en)


COMMANDS = (plan_command, phase_command, why_command)
