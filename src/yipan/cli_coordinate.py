"""``yipan coordinate``: who lags, who keeps up with whom, and what stands in the way."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, cast

import click
import numpy as np
import pandas as pd

from yipan.measure import NEED_NAMES, Results, measure
from yipan.measure.coordination import FORMS, PARTS, Whole, whole
from yipan.measure.coordination.coupling import Form
from yipan.measure.outlook import write_csv
from yipan.network.values import Mode
from yipan.region import Region
from yipan.region.dictionary import kinds, variables
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Lang, Text

TOP = 3
"""Obstacles shown for each zone."""
_COUNTED = {"capacity": Text("容量", "capacity"), "number": Text("个数", "number")}


@click.command("coordinate")
@click.argument("folder", type=FOLDER)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="standard",
    show_default=True,
    help="耦合度形式 / form of the coupling degree",
)
@click.option(
    "--mode",
    type=click.Choice(["any", "drive", "transit"]),
    default="any",
    show_default=True,
    help="出行方式 / mode of the travel times",
)
@click.option(
    "--limit",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="圈层时限(分钟) / minutes of the circles between clusters",
)
@click.option(
    "--converge",
    default="gdp/population",
    show_default=True,
    metavar="VARIABLE[/VARIABLE]",
    help="检验收敛的统计量 / statistic tested for convergence",
)
@click.option("--out", type=FOLDER, default=None, help="写出全部表的文件夹 / folder for all tables")
@json_option
@lang_option
def coordinate_command(
    *,
    folder: Path,
    form: str,
    mode: str,
    limit: float,
    converge: str,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """协调:耦合、障碍、邻域与远程、圈层、服务均等、集聚、收敛 / Coordination between needs and zones."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    results = measure(region)
    found = whole(
        region, results, form=cast("Form", form), mode=cast("Mode", mode), limit=limit, ratio=converge
    )
    tables = tables_of(region, found)
    screen.json(_data(found, tables, form=form))
    if not as_json:
        _show(screen, region, results, found)
        _show_absent(screen, found)
    if out is not None:
        for name, table in tables.items():
            write_csv(out / f"{name}.csv", table)
        screen.say(f"已写 {out}", f"Wrote {out}")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as JSON can hold them: nothing where a number is missing or infinite.

    Examples
    --------
    >>> records(pd.DataFrame({"a": [1, 2], "b": [0.5, float("inf")]}))
    [{'a': 1, 'b': 0.5}, {'a': 2, 'b': None}]
    """
    return [{str(k): plain(v) for k, v in row.items()} for row in table.to_dict("records")]


def plain(value: object) -> object:
    """Return one value as JSON can hold it."""
    one = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(one, float) and not math.isfinite(one) else one


def tables_of(region: Region, found: Whole) -> dict[str, pd.DataFrame]:
    """Return every table of the figures by name, ids as columns."""
    out = _by_zone(found)
    if found.circles is not None:
        out["circles"] = found.circles.table
    if found.services:
        out["services"] = _services(found)
    if found.dagum:
        out["dagum"] = _dagum(found)
    if found.sigma is not None:
        columns = {"sd_log": found.sigma.sd_log, "cv": found.sigma.cv}
        out["sigma"] = pd.DataFrame(columns, index=pd.Index(found.sigma.years, name="year"))
    for kind, links in found.linkages.items():
        out[f"linkages-{kind}"] = links.pairs
    return {name: table.reset_index() for name, table in out.items()}


def _by_zone(found: Whole) -> dict[str, pd.DataFrame]:
    out: dict[str, pd.DataFrame] = {}
    if found.coupling is not None:
        out["coupling"] = found.coupling.table()
    if found.obstacles is not None:
        out["obstacles"] = found.obstacles
    if found.metacoupling is not None:
        out["metacoupling"] = found.metacoupling.table()
    if found.potential is not None:
        out["potential"] = found.potential
    if found.local is not None:
        out["local"] = found.local.table().assign(cluster=list(found.local.clusters()))
    for table in out.values():
        table.index.name = "zone"
    if found.structure is not None:
        out["structure"] = found.structure.table
        out["likeness"] = found.structure.likeness.rename_axis("zone")
    return out


def _services(found: Whole) -> pd.DataFrame:
    rows = {
        kind: {
            "counted": found.counted[kind],
            "theil": s.total,
            "between": s.between,
            "within": s.within,
            "share_between": s.share_between,
        }
        for kind, s in found.services.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("kind")


def _dagum(found: Whole) -> pd.DataFrame:
    rows = {
        need: {"gini": g.total, "within": g.within, "between": g.between, "overlap": g.overlap}
        for need, g in found.dagum.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("need")


def _data(found: Whole, tables: dict[str, pd.DataFrame], *, form: str) -> dict[str, object]:
    data: dict[str, object] = {"form": form, "ratio": found.ratio, "potential_of": found.size}
    data |= {name: records(table) for name, table in tables.items()}
    if found.moran is not None:
        data["moran"] = {
            k: plain(getattr(found.moran, k)) for k in ("i", "expected", "p_random", "p_permuted", "units")
        }
    if found.sigma is not None and found.beta is not None:
        data["sigma_trend"] = plain(found.sigma.trend)
        fields = ("b", "se", "p", "r2", "speed", "half_life", "units")
        data["beta"] = {k: plain(getattr(found.beta, k)) for k in fields}
    data["absent"] = {part: [p.as_dict() for p in problems] for part, problems in found.absent.items()}
    return data


def _show(screen: Screen, region: Region, results: Results, found: Whole) -> None:
    _show_zones(screen, region, results, found)
    _show_circles(screen, region, found)
    _show_services(screen, found)
    _show_dagum(screen, found)
    _show_structure(screen, region, found)
    _show_moran(screen, region, found)
    _show_convergence(screen, found)
    _show_linkages(screen, region, found)


def _n(value: float, form: str = ".2f") -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _show_zones(screen: Screen, region: Region, results: Results, found: Whole) -> None:
    if found.coupling is None:
        return
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["分区", "C", "T", "D", "等级", "滞后", "主要障碍", "D:内/邻/远", "市场潜力"]
        if zh
        else ["zone", "C", "T", "D", "class", "laggard", "main obstacles", "D: intra/peri/tele", "market"]
    )
    names = found.coupling.class_names()
    others = None if found.metacoupling is None else found.metacoupling.table()
    rows = []
    for i in np.argsort(-np.nan_to_num(found.coupling.d, nan=-1.0), kind="stable"):
        zone = found.coupling.units[i]
        meta = [] if others is None or zone not in others.index else others.loc[zone].iloc[[1, 3, 5]]
        share = math.nan if found.potential is None else float(found.potential.loc[zone, "share"])
        rows.append(
            [
                region.zone_name(zone).in_(lang),
                *(_n(float(v[i])) for v in (found.coupling.c, found.coupling.t, found.coupling.d)),
                names[i].in_(lang) or "–",
                Text("、", ", ").in_(lang).join(NEED_NAMES[n].in_(lang) for n in found.coupling.laggards[i])
                or "–",
                _obstacles(results, found, zone=zone, lang=lang),
                " / ".join(_n(float(v)) for v in meta) or "–",
                _n(share, ".0f"),
            ]
        )
    screen.table(PARTS["coupling"].in_(lang), header, rows)
    size = variables()[found.size].label if found.size in variables() else Text(found.size, found.size)
    screen.say(
        f"C 耦合度,T 综合水平,D 协调度;障碍为该指标占全部差距的 %;市场潜力按{size.zh}计,最高 = 100",
        f"C coupling, T level, D coordination; obstacles: % of all that is missing; market potential by"
        f" {size.en}, the highest = 100",
    )


def _obstacles(results: Results, found: Whole, *, zone: str, lang: Lang) -> str:
    if found.obstacles is None:
        return "–"
    top = found.obstacles.T[zone].dropna().sort_values(ascending=False, kind="stable").head(TOP)
    shown = [f"{results.indicators[str(c)].name.in_(lang)} {v:.0f}%" for c, v in top.items() if v > 0]
    return "\n".join(shown) or "–"


def _show_circles(screen: Screen, region: Region, found: Whole) -> None:
    if found.circles is None:
        return
    zh, lang = screen.lang == "zh", screen.lang
    limit = f"{found.circles.limit:g}"
    header = (
        ["从", "到", "平均(分钟)", f"{limit} 分钟内居民对 %", f"{limit} 分钟到中心 %"]
        if zh
        else ["from", "to", "mean min", f"% of pairs within {limit} min", f"% to the centre in {limit} min"]
    )
    names = {c.id: c.name.in_(lang) for c in region.meta.clusters}
    rows = [
        [
            names.get(r["from"], r["from"]),
            names.get(r["to"], r["to"]),
            ("● " if r["linked"] else "") + _n(r["minutes"], ".0f"),
            _n(r["pairs_within"], ".1f"),
            _n(r["to_centre"], ".1f"),
        ]
        for r in found.circles.table.reset_index().to_dict("records")
    ]
    title = Text(f"{limit} 分钟圈:片区之间", f"Circles of {limit} min between clusters")
    screen.table(title.in_(lang), header, rows)


def _show_services(screen: Screen, found: Whole) -> None:
    if not found.services:
        return
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["服务", "按", "泰尔指数", "片区之间", "片区之内", "之间占 %"]
        if zh
        else ["service", "counted by", "Theil", "between clusters", "within", "% between"]
    )
    rows = [
        [
            kinds()[kind].label.in_(lang) if kind in kinds() else kind,
            _COUNTED[found.counted[kind]].in_(lang),
            *(_n(v, ".4f") for v in (s.total, s.between, s.within)),
            _n(100 * s.share_between, ".0f"),
        ]
        for kind, s in found.services.items()
    ]
    screen.table(PARTS["services"].in_(lang), header, rows)


def _show_dagum(screen: Screen, found: Whole) -> None:
    if not found.dagum:
        return
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["得分", "基尼系数", "片区之内", "片区之间(净)", "重叠", "之间占 %"]
        if zh
        else ["score", "Gini", "within clusters", "between (net)", "overlap", "% between"]
    )
    rows = [
        [
            NEED_NAMES[need].in_(lang),
            *(_n(v, ".4f") for v in (g.total, g.within, g.between, g.overlap)),
            _n(100 * g.between / g.total if g.total > 0 else math.nan, ".0f"),
        ]
        for need, g in found.dagum.items()
    ]
    screen.table(PARTS["dagum"].in_(lang), header, rows)


def _show_structure(screen: Screen, region: Region, found: Whole) -> None:
    if found.structure is None:
        return
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["分区", "克鲁格曼指数(0–2)", "专业化部门", "区位商", "平均相似度(0–1)", "最相似分区"]
        if zh
        else ["zone", "Krugman (0–2)", "specialised in", "quotient", "mean likeness (0–1)", "most alike"]
    )
    rows = [
        [
            region.zone_name(str(z)).in_(lang),
            _n(r["krugman"], ".3f"),
            variables()[r["most"]].label.in_(lang) if r["most"] in variables() else str(r["most"]),
            _n(r["quotient"]),
            _n(r["alike"], ".3f"),
            region.zone_name(str(r["nearest"])).in_(lang),
        ]
        for z, r in zip(found.structure.table.index, found.structure.table.to_dict("records"), strict=True)
    ]
    screen.table(PARTS["structure"].in_(lang), header, rows)


def _show_moran(screen: Screen, region: Region, found: Whole) -> None:
    if found.moran is None:
        return
    m = found.moran
    screen.say(
        f"指数的莫兰指数 I = {m.i:.3f}(随机时 {m.expected:.3f},置换 p = {m.p_permuted:.3f},{m.units} 个分区)",
        f"Moran's I of the index {m.i:.3f} (by chance {m.expected:.3f}, p by permutation {m.p_permuted:.3f},"
        f" {m.units} zones)",
    )
    if found.local is None:
        return
    told = {"HH": Text("高—高", "high among high"), "LL": Text("低—低", "low among low")}
    told |= {"HL": Text("高—低", "high among low"), "LH": Text("低—高", "low among high")}
    at = found.local.clusters()
    for code, name in told.items():
        mine = [region.zone_name(u) for u, c in zip(found.local.units, at, strict=True) if c == code]
        if mine:
            screen.say(
                f"{name.zh}(FDR 5%):{'、'.join(z.zh for z in mine)}",
                f"{name.en} (FDR 5%): {', '.join(z.en for z in mine)}",
            )
    if not any(at):
        screen.say(
            "控制 FDR 后没有显著的局部集聚", "no local cluster is left at a false discovery rate of 5%"
        )


def _show_convergence(screen: Screen, found: Whole) -> None:
    if found.sigma is None or found.beta is None:
        return
    s, b = found.sigma, found.beta
    screen.say(
        f"{found.ratio} σ:{s.years[0]} 年 {s.sd_log[0]:.3f} → {s.years[-1]} 年 {s.sd_log[-1]:.3f};"
        f"β:b = {b.b:.4f}(p = {b.p:.3f}),半衰期 {_n(b.half_life, '.0f')} 年",
        f"{found.ratio} sigma: {s.years[0]} {s.sd_log[0]:.3f} → {s.years[-1]} {s.sd_log[-1]:.3f};"
        f" beta: b = {b.b:.4f} (p {b.p:.3f}), half-life {_n(b.half_life, '.0f')} years",
    )


def _show_linkages(screen: Screen, region: Region, found: Whole) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["从", "到", "流量", "期望", "流量/期望", "分钟"]
        if zh
        else ["from", "to", "flow", "expected", "flow / expected", "minutes"]
    )
    for kind, links in found.linkages.items():
        top = links.pairs.sort_values("expected", ascending=False, kind="stable").head(10).reset_index()
        rows = [
            [
                region.zone_name(r["from"]).in_(lang),
                region.zone_name(r["to"]).in_(lang),
                *(_n(r[c], ",.0f") for c in ("flow", "expected")),
                _n(r["ratio"]),
                _n(r["minutes"], ".0f"),
            ]
            for r in top.to_dict("records")
        ]
        screen.table(f"{PARTS['linkages'].in_(lang)}: {kind} ({links.unit})", header, rows)


def _show_absent(screen: Screen, found: Whole) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["项目", "", "位置", "缺什么", "怎么补"]
        if zh
        else ["figure", "", "where", "what is missing", "what would supply it"]
    )
    level = {"error": Text("无法计算", "not computed"), "warning": Text("提醒", "note")}
    rows = [
        [
            PARTS[part].in_(lang),
            level[p.severity].in_(lang),
            p.where(lang),
            p.what.in_(lang),
            p.remedy.in_(lang),
        ]
        for part, problems in found.absent.items()
        for p in problems
    ]
    if rows:
        title = Text("缺失与提醒", "Missing, and to be known")
        screen.table(title.in_(lang), header, rows)


COMMANDS = (coordinate_command,)
