"""``yipan index``: build an index of the region's indicators by a recipe, and open it down to the facts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import pandas as pd

from yipan.errors import MeasureError, Problem
from yipan.measure import measure
from yipan.measure.outlook import write_csv
from yipan.measure.recipe import Built, Recipe, opened, ranks, read_recipe, recipe_of, run, write_recipe
from yipan.measure.values import Results
from yipan.region import Region
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text

_TABLES = ("raw", "screened", "imputed", "treated", "normalised", "scores", "weights", "report")

_ORIGINS = {
    "measured": Text("实测", "measured"),
    "mean": Text("均值插补", "mean"),
    "median": Text("中位数插补", "median"),
    "group_mean": Text("组均值插补", "mean of the group"),
    "group_median": Text("组中位数插补", "median of the group"),
    "linear": Text("线性插补", "linear over years"),
    "nearest": Text("近邻插补", "nearest zones"),
}
"""Where a value comes from, as `opened` says it."""


def recipe_option(command: Callable[..., object]) -> Callable[..., object]:
    """Add ``--recipe``."""
    return click.option(
        "--recipe",
        "recipe_file",
        type=FOLDER,
        default=None,
        help="配方文件,默认文件夹中的 index.toml,再默认四类需要 / recipe (default: index.toml in the folder,"
        " else the four needs)",
    )(command)


def chosen_recipe(folder: Path, file: Path | None, results: Results) -> Recipe:
    """Return the recipe of a file, else of ``index.toml`` in the folder, else the four needs."""
    own = folder / "index.toml"
    file = file or (own if own.is_file() else None)
    return recipe_of(results) if file is None else read_recipe(file)


@click.command("index")
@click.argument("folder", type=FOLDER)
@recipe_option
@click.option(
    "--template",
    type=FOLDER,
    default=None,
    help="把所用配方写成文件,供修改 / write the recipe used to a file, to be changed",
)
@click.option(
    "--open",
    "zone",
    default=None,
    metavar="ZONE",
    help="把一个分区的指数打开到原始数据 / open one zone down to the facts",
)
@click.option("--out", type=FOLDER, default=None, help="写出每一步的表 / write the table of every step")
@json_option
@lang_option
def index_command(
    *,
    folder: Path,
    recipe_file: Path | None,
    template: Path | None,
    zone: str | None,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """按配方编制指数,每一步可打开 / Build an index by a recipe; every step can be opened."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    results = measure(region)
    recipe = chosen_recipe(folder, recipe_file, results)
    if template is not None:
        screen.say(f"已写 {write_recipe(recipe, template)}", f"Wrote {template}")
    built = run(recipe, results.values)
    facts = None if zone is None else opened(built, _zone(region, zone))
    screen.json(_data(built, facts))
    if not as_json:
        screen.problems(built.problems)
        _show(screen, region, built)
        if facts is not None and zone is not None:
            _show_facts(screen, region, results, built=built, zone=zone, facts=facts)
    if out is not None:
        for name in _TABLES:
            write_csv(out / f"{name}.csv", _rows(getattr(built, name)))
        screen.say(f"已写 {out}", f"Wrote {out}")


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with what its rows are as the first column; numbered rows need none."""
    if isinstance(table.index, pd.RangeIndex):
        return table
    return table.rename_axis(str(table.index.name or "zone")).reset_index()


def _zone(region: Region, zone: str) -> str:
    if zone in region.zone_ids:
        return zone
    raise MeasureError(
        Text("没有这个分区", "there is no such zone"),
        problems=[
            Problem(
                what=Text(f"没有分区 {zone}", f"there is no zone {zone}"),
                remedy=Text(
                    f"可用:{'、'.join(region.zone_ids)}", f"write one of: {', '.join(region.zone_ids)}"
                ),
                column="--open",
            )
        ],
    )


def _data(built: Built, facts: pd.DataFrame | None) -> dict[str, object]:
    data: dict[str, object] = {
        "scores": _plain(built.scores),
        "ranks": _plain(ranks(built)),
        "weights": built.weights.astype(object).where(built.weights.notna(), None).to_dict("records"),
        "screened_out": [str(z) for z in built.screened.index[~built.screened["kept"]]],
        "problems": [p.as_dict() for p in built.problems],
    }
    if facts is not None:
        data["facts"] = _plain(facts)
    return data


def _plain(table: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Return a table by row and column as JSON holds it: what is missing is nothing."""
    clean = table.astype(object).where(table.notna(), None)
    return {str(i): {str(c): v for c, v in row.items()} for i, row in clean.to_dict("index").items()}


def _number(value: float, form: str) -> str:
    return "–" if np.isnan(value) else format(value, form)


def _show(screen: Screen, region: Region, built: Built) -> None:
    zh = screen.lang == "zh"
    place = ranks(built).iloc[:, -1]
    names = {n.id: n.name for n in built.recipe.root.nodes()}
    columns = [str(c) for c in built.scores.columns]
    header = ["名次" if zh else "rank", "分区" if zh else "zone"]
    header += [names[c].in_(screen.lang) or c for c in columns]
    rows = [
        [
            _number(place[z], ".0f"),
            region.zone_name(str(z)).in_(screen.lang),
            *(_number(v, ".1f") for v in built.scores.loc[z]),
        ]
        for z in place.sort_values(kind="stable").index
    ]
    screen.table("指数" if zh else "Index", header, rows)
    out = [region.zone_name(str(z)).in_(screen.lang) for z in built.screened.index[~built.screened["kept"]]]
    if out:
        screen.say(f"数据太少,未计入:{'、'.join(out)}", f"Left out, too little is known: {', '.join(out)}")


def _show_facts(
    screen: Screen, region: Region, results: Results, *, built: Built, zone: str, facts: pd.DataFrame
) -> None:
    zh = screen.lang == "zh"
    header = (
        ["组", "指标", "值", "单位", "得分", "来历", "有效权重"]
        if zh
        else ["group", "indicator", "value", "unit", "score", "origin", "effective weight"]
    )
    names = {n.id: n.name.in_(screen.lang) for n in built.recipe.root.nodes()}
    rows = []
    for code, row in facts.iterrows():
        i = results.indicators[str(code)]
        rows.append(
            [
                names[str(row["group"])] or str(row["group"]),
                f"{code} {i.name.in_(screen.lang)}",
                _number(row["raw"], ",.4g"),
                i.unit.in_(screen.lang),
                _number(row["score"], ".1f"),
                _ORIGINS[str(row["filled"])].in_(screen.lang) if row["filled"] else "–",
                f"{row['effective']:.3f}",
            ]
        )
    screen.table(region.zone_name(zone).in_(screen.lang), header, rows)


COMMANDS = (index_command,)
