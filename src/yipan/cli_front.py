"""``yipan front``: plans between which one has to choose, by budget or by several criteria."""

from __future__ import annotations

import math
from pathlib import Path

import click
import pandas as pd

from yipan.cli_plan import budget_options, objective_of
from yipan.errors import PlanError, errors_of
from yipan.loop import propose_for, require_candidates
from yipan.measure import NEED_NAMES, NEEDS, measure
from yipan.measure.outlook import write_csv
from yipan.plan import check_problem
from yipan.plan.core import Limits
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.front import Criterion, Front
from yipan.plan.game import Game
from yipan.plan.pareto import (
    front_by_budget,
    greenhouse_gases,
    land_taken,
    money_spent,
    pareto_front,
    worth,
)
from yipan.plan.rules import Rules
from yipan.region.findings import suggest
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text

CRITERIA = ("objective", *NEEDS, "index", "money", "land", "carbon")


@click.command("front")
@click.argument("folder", type=FOLDER)
@budget_options
@click.option(
    "--budgets",
    default=None,
    metavar="A,B,…",
    help="逐档预算各求最优(不用 --criteria)/ the best plan for each of several budgets",
)
@click.option(
    "--criteria",
    default="objective,money",
    show_default=True,
    metavar="A,B[,C…]",
    help=f"相互权衡的准则:{'、'.join(CRITERIA)} / what is weighed against each other",
)
@click.option(
    "--points",
    type=click.IntRange(2, 200),
    default=8,
    show_default=True,
    help="至多求几个方案(三个以上准则时为代数)/ most plans looked for (generations for three criteria)",
)
@click.option("--out", type=FOLDER, default=None, help="写出 front.csv 的文件夹 / folder for front.csv")
@json_option
@lang_option
def front_command(
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
    budgets: str | None,
    criteria: str,
    points: int,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """取舍:各档预算或多个准则下互不占优的方案 / Plans of which none is better in everything."""
    screen = make_screen(lang, as_json=as_json)
    names = [c.strip() for c in criteria.replace("\uff0c", ",").split(",") if c.strip()]
    asked = None if budgets is None else _budgets(budgets)
    if asked is None:
        _known(names)
    region = read_region(folder)
    objective = objective_of(
        region,
        folder,
        file=objective_file,
        budget=budget if budget is not None or asked is None else max(asked),
        years=years,
        yearly=yearly,
        floor=floor,
        weights=weights,
        worst_tenth=worst_tenth,
        discount=discount,
    )
    proposal = propose_for(folder, region, measure(region))
    require_candidates(proposal)
    problems = errors_of(check_problem(region, proposal.projects, objective))
    if problems:
        raise PlanError(Text("规划问题无解", "this planning problem has no answer"), problems=problems)
    rules = Rules(proposal.projects, objective)
    evaluator = RegionEvaluator(region, rules)
    step = Text("求取舍方案", "looking for plans to choose between")
    with screen.progress() as progress:
        game = Game(rules, evaluator, slow=evaluator.moving, on_evaluation=lambda n: progress(n, 0, step))
        if asked is not None:
            found = front_by_budget(game, asked, limits=Limits())
        else:
            found = pareto_front(game, [criterion(game, evaluator, name) for name in names], points=points)
    screen.json(found.as_dict())
    if not as_json:
        _show(screen, game, found)
    if out is not None:
        screen.say(f"已写 {write_csv(out / 'front.csv', table_of(found))}", f"Wrote {out / 'front.csv'}")


def _budgets(text: str) -> list[float]:
    try:
        out = [float(x) for x in text.replace("\uff0c", ",").split(",")]
    except ValueError:
        out = []
    if not out or not all(0 < x < math.inf for x in out):
        raise click.BadParameter("写正数,如 500,1000 / write numbers above 0", param_hint="--budgets")
    return out


def _known(names: list[str]) -> None:
    unknown = [n for n in names if n not in CRITERIA]
    if unknown or len(names) < 2 or len(set(names)) < len(names):
        near = suggest(unknown[0], CRITERIA) if unknown else Text("", "")
        raise click.BadParameter(
            f"写两个以上不同的准则{near.zh} / write two or more of {', '.join(CRITERIA)}{near.en}",
            param_hint="--criteria",
        )


def criterion(game: Game, evaluator: RegionEvaluator, name: str) -> Criterion:
    """Return a criterion of `CRITERIA`: the objective, money, land, gases, or a score of the region."""
    made = {"objective": worth, "money": money_spent, "land": land_taken, "carbon": greenhouse_gases}
    if name in made:
        return made[name](game)
    return Criterion(
        id=name,
        name=NEED_NAMES[name],
        unit="points",
        of=lambda s, _: float(evaluator.results(s).total[name]),
    )


def table_of(found: Front) -> pd.DataFrame:
    """Return one row a plan: its value of each criterion, whether it is proved, its projects."""
    rows = [
        dict(zip(found.criteria, p.values, strict=True))
        | {"proved": p.proved, "knee": k == found.knee, "projects": ", ".join(p.projects)}
        for k, p in enumerate(found.points)
    ]
    return pd.DataFrame(rows, columns=[*found.criteria, "proved", "knee", "projects"])


def _show(screen: Screen, game: Game, found: Front) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    heads = [f"{n.in_(lang)} ({u})" for n, u in zip(found.names, found.units, strict=True)]
    before: frozenset[str] = frozenset()
    rows = []
    for k, p in enumerate(found.points):
        mine = frozenset(p.projects)
        new = [game.projects[i].name.in_(lang) for i in sorted(mine - before)]
        gone = [game.projects[i].name.in_(lang) for i in sorted(before - mine)]
        change = [*(f"+ {n}" for n in new), *(f"− {n}" for n in gone)]
        rows.append(
            [
                f"{k + 1}" + ((" 拐点" if zh else " knee") if k == found.knee else ""),
                *(f"{v:,.3f}" for v in p.values),
                ("是" if zh else "yes") if p.proved else ("否" if zh else "no"),
                str(len(mine)),
                "\n".join(change),
            ]
        )
        before = mine
    header = (
        ["方案", *heads, "已证明", "项目数", "与上一行相比"]
        if zh
        else ["plan", *heads, "proved", "projects", "against the row above"]
    )
    screen.table("互不占优的方案" if zh else "Plans of which none is better in everything", header, rows)
    screen.say(found.how.zh, found.how.en)


COMMANDS = (front_command,)
