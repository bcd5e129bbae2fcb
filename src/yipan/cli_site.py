"""``yipan site``: where new facilities of a kind serve a region best, with proof."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, cast, get_args

import click
import pandas as pd

from yipan.errors import OptionError, Problem
from yipan.loop import write_json
from yipan.measure.outlook import write_csv
from yipan.network.decay import LUO_QI_FAST, LUO_QI_SLOW, Decay, Steps
from yipan.network.values import Mode
from yipan.plan.siting.asked import METHODS, Method
from yipan.plan.siting.equity_model import AIMS, Aim
from yipan.plan.siting.median import NODES
from yipan.plan.siting.outcome import site_table, siting_to_dict, zone_table
from yipan.plan.siting.proposals import as_projects
from yipan.plan.siting.region import MODEL_NODES, Sited, site_facilities
from yipan.plan.siting.words import describe_siting
from yipan.region import Region
from yipan.region.read import read_region
from yipan.scenario.files import write_projects
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text

_DECAYS: dict[str, Decay | None] = {
    "step": None,
    "luo-qi": Steps(LUO_QI_SLOW),
    "luo-qi-fast": Steps(LUO_QI_FAST),
}


class _Money(TypedDict):
    capital: tuple[float, ...]
    upkeep: float
    price_year: int
    life: int
    source: str


_SOURCE = "yipan site --cost"
_ROWS = 30
_POSITIVE = click.FloatRange(min=0, min_open=True)


def _what(command: Callable[..., object]) -> Callable[..., object]:
    """Add what is sited, where, and by which times."""
    for option in (
        click.option(
            "--least-people",
            type=click.FloatRange(min=0),
            default=0.0,
            help="候选单元格的最少居民 / fewest residents of a candidate cell",
        ),
        click.option(
            "--zones",
            default="",
            metavar="ID,ID",
            help="只在这些分区或片区选址 / zones or clusters where new ones may be",
        ),
        click.option(
            "--mode",
            type=click.Choice(get_args(Mode)),
            default="any",
            show_default=True,
            help="驾车、公共交通、二者取快 / by car, by public transport, the better",
        ),
        click.option(
            "--within",
            type=_POSITIVE,
            default=None,
            metavar="MIN",
            help="时限(分钟):cover、set-cover 必填;capacity 的最长出行;equity 的搜寻范围(默认 60)"
            " / limit: needed by cover and set-cover; longest trip of capacity; catchment of equity (60)",
        ),
        click.option(
            "--count",
            type=click.IntRange(min=1),
            default=None,
            metavar="P",
            help="新设施数 / number of new places",
        ),
        click.option(
            "--method",
            type=click.Choice(METHODS),
            required=True,
            help="人均最近、最远者最近、覆盖最多、全覆盖最少、有容量、最公平"
            " / least mean time, least furthest, most covered, fewest for all, with capacity, fairest",
        ),
        click.option(
            "--kind", required=True, help="设施类别,如 hospital / kind of place; a|b counts both as one"
        ),
    ):
        command = option(command)
    return command


def _how_much(command: Callable[..., object]) -> Callable[..., object]:
    """Add capacity, what is made fairest, and limits of work."""
    for option in (
        click.option(
            "--nodes",
            type=click.IntRange(min=0),
            default=None,
            help=f"分支定界节点上限(默认 {MODEL_NODES};median、center {NODES})"
            f" / most nodes of branch and bound ({MODEL_NODES}; median, center {NODES}), then a bound",
        ),
        click.option(
            "--decay",
            type=click.Choice(tuple(_DECAYS)),
            default="step",
            show_default=True,
            help="equity 的距离衰减 / decay of equity with time",
        ),
        click.option(
            "--aim",
            type=click.Choice(AIMS),
            default="worst_tenth",
            show_default=True,
            help="equity:最低者、最低一成、平均离差、方差 / what equity makes best",
        ),
        click.option(
            "--enlarge", is_flag=True, help="equity:现有设施也可扩容 / existing places may grow (equity)"
        ),
        click.option(
            "--total",
            type=_POSITIVE,
            default=None,
            help="equity:任意分配的总容量 / capacity to share out in any amounts (equity)",
        ),
        click.option(
            "--unserved",
            type=_POSITIVE,
            default=None,
            metavar="MIN",
            help="capacity:允许不服务,每人按多少分钟计 / residents may go unserved, at so many minutes",
        ),
        click.option(
            "--per-thousand",
            type=_POSITIVE,
            default=None,
            help="capacity:每千人需要的容量 / capacity that 1,000 residents need",
        ),
        click.option(
            "--capacity", type=_POSITIVE, default=None, help="每处新设施的容量 / capacity of each new place"
        ),
    ):
        command = option(command)
    return command


def _money(command: Callable[..., object]) -> Callable[..., object]:
    """Add where results go, and the money of projects."""
    for option in (
        click.option(
            "--life", type=click.IntRange(min=1), default=None, help="使用年限 / years of operation"
        ),
        click.option(
            "--price-year",
            type=click.IntRange(1990, 2100),
            default=None,
            help="价格年份 / year of the prices",
        ),
        click.option(
            "--upkeep",
            type=click.FloatRange(min=0),
            default=None,
            help="每处每年运维(亿)/ upkeep of each a year, 1e8",
        ),
        click.option("--cost", type=_POSITIVE, default=None, help="每处造价(亿)/ capital cost of each, 1e8"),
        click.option(
            "--projects",
            type=FOLDER,
            default=None,
            help="把新设施写成候选项目 .toml,需造价 / write them as candidate projects; needs their cost",
        ),
        click.option(
            "--out",
            type=FOLDER,
            default=None,
            help="结果文件夹:sites.csv、zones.csv、siting.json / folder for the results",
        ),
    ):
        command = option(command)
    return command


@click.command("site")
@click.argument("folder", type=FOLDER)
@_what
@_how_much
@_money
@json_option
@lang_option
def site_command(
    *,
    folder: Path,
    kind: str,
    method: str,
    count: int | None,
    within: float | None,
    mode: str,
    zones: str,
    least_people: float,
    capacity: float | None,
    per_thousand: float | None,
    unserved: float | None,
    total: float | None,
    enlarge: bool,
    aim: str,
    decay: str,
    nodes: int | None,
    out: Path | None,
    projects: Path | None,
    cost: float | None,
    upkeep: float | None,
    price_year: int | None,
    life: int | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """新设施放在哪里最好,并证明 / Where new facilities serve best, with proof; existing ones stay."""
    screen = make_screen(lang, as_json=as_json)
    money = _priced(projects, cost=cost, upkeep=upkeep, price_year=price_year, life=life)
    region = read_region(folder)
    sited = site_facilities(
        region,
        kind=kind,
        method=cast("Method", method),
        count=count,
        within=within,
        mode=cast("Mode", mode),
        zones=tuple(z.strip() for z in zones.split(",") if z.strip()),
        least_people=least_people,
        capacity=capacity,
        per_thousand=per_thousand,
        unserved=unserved,
        total=total,
        enlarge=enlarge,
        aim=cast("Aim", aim),
        decay=_DECAYS[decay],
        nodes=nodes,
    )
    data = siting_to_dict(region, sited)
    screen.json(data)
    if not as_json:
        _show(screen, region, sited)
    if out is not None:
        write_csv(out / "sites.csv", site_table(region, sited))
        write_csv(out / "zones.csv", zone_table(region, sited).reset_index())
        write_json(data, out / "siting.json")
        screen.say(f"已写 {out}", f"Wrote {out}")
    if projects is not None and money is not None:
        write_projects(as_projects(region, sited, **money), projects)
        screen.say(f"已写 {projects}", f"Wrote {projects}")


def _priced(
    projects: Path | None,
    *,
    cost: float | None,
    upkeep: float | None,
    price_year: int | None,
    life: int | None,
) -> _Money | None:
    """Return the money of a project, or say everything that is missing."""
    if projects is None:
        return None
    if cost is None or upkeep is None or price_year is None or life is None:
        missing = [
            name
            for name, value in (
                ("--cost", cost),
                ("--upkeep", upkeep),
                ("--price-year", price_year),
                ("--life", life),
            )
            if value is None
        ]
        raise OptionError(
            Text("项目没有造价", "a project has no money"),
            problems=[
                Problem(
                    what=Text(f"缺 {name}", f"{name} is missing"),
                    remedy=Text(
                        "候选项目须有造价、运维、价格年份与年限", "give it: projects need their money"
                    ),
                    column=name,
                )
                for name in missing
            ],
        )
    return {"capital": (cost,), "upkeep": upkeep, "price_year": price_year, "life": life, "source": _SOURCE}


def _show(screen: Screen, region: Region, sited: Sited) -> None:
    zh = screen.lang == "zh"
    for line in describe_siting(region, sited):
        screen.say(line.zh, line.en)
    table = site_table(region, sited)
    header = (
        ["单元格", "地点", "分区", "服务居民", "新进入时限", "容量"]
        if zh
        else ["cell", "at", "zone", "residents served", "newly within", "capacity"]
    )
    rows = [
        [
            str(r["cell"]),
            Text(str(r["zh"]), str(r["en"])).in_(screen.lang),
            region.zone_name(str(r["zone"])).in_(screen.lang),
            f"{r['residents']:,.0f}",
            f"{r['newly_within']:,.0f}",
            "–" if pd.isna(r["added"]) else f"{r['added']:,.6g}",
        ]
        for r in table.to_dict("records")
    ]
    if rows:
        screen.table("新设施" if zh else "New places", header, rows[:_ROWS])
    if len(rows) > _ROWS:
        screen.say(f"另有 {len(rows) - _ROWS} 处;全部见 --out", f"{len(rows) - _ROWS} more; all with --out")
    grown = [
        [place, f"{added:,.6g}"]
        for place, added in (
            (sited.board.existing[c], sited.equal.added[c] if sited.equal else 0.0)
            for c in sited.siting.chosen
            if c < len(sited.board.existing)
        )
        if added > 0
    ]
    if grown:
        screen.table("现有设施扩容" if zh else "Existing places enlarged", ["id", "+"], grown)


COMMANDS = (site_command,)
