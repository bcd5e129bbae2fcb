"""Tables of coordination: reach between clusters, services over people, neighbours, what the data lack."""

from __future__ import annotations

import re

from yipan.measure.coordination import HourCircles, LocalMoran, Moran
from yipan.measure.coordination.whole import PARTS, Whole
from yipan.region.dictionary import kinds
from yipan.show.cells import number, words
from yipan.show.material import Material
from yipan.show.model import Cell, Column, TableBlock
from yipan.show.numbers import fixed
from yipan.text import Lang, Text

CLUSTERED = {
    "HH": Text("高值聚集", "high among high"),
    "LL": Text("低值聚集", "low among low"),
    "HL": Text("高值被低值包围", "high among low"),
    "LH": Text("低值被高值包围", "low among high"),
}
SEEN = 5e-4
"""Theil's index below which it is written as 0.000, and its parts tell nothing."""


def circles_table(m: Material, circles: HourCircles) -> TableBlock:
    """Return which clusters lie within an hour of each other."""
    rows = tuple(
        (
            words(m.cluster_name(str(a))),
            words(m.cluster_name(str(b))),
            number(float(r["minutes"]), 0),
            number(float(r["pairs_within"]), 1),
            number(float(r["to_centre"]), 1),
            words(Text("是", "yes") if r["linked"] else Text("否", "no")),
        )
        for (a, b), r in zip(circles.table.index, circles.table.to_dict("records"), strict=True)
    )
    percent = Text("%", "%")
    return TableBlock(
        key="circles",
        number=m.numbers.table(),
        caption=Text("片区间的一小时圈", "One-hour circles between clusters"),
        columns=(
            Column(label=Text("从", "From"), share=1.8),
            Column(label=Text("到", "To"), share=1.8),
            Column(label=Text("平均时间", "Mean time"), unit=Text("分钟", "min"), numeric=True),
            Column(
                label=Text("一小时内的居民对", "Pairs of residents within it"), unit=percent, numeric=True
            ),
            Column(
                label=Text("一小时到中心的居民", "Residents who reach the centre"), unit=percent, numeric=True
            ),
            Column(label=Text("平均在一小时内", "Within it on average")),
        ),
        rows=rows,
        trace=m.trace(
            unit=Text("见表头", "see the heads"),
            source=Text(
                "单元格间最短出行时间,按居民加权;中心为片区内离岗位最近的单元格",
                "shortest times between cells, weighted by residents; the centre is the cell nearest to the "
                "cluster's jobs",
            ),
        ),
    )


def services_table(m: Material, found: Whole) -> TableBlock:
    """Return Theil's index of each public service, taken apart between and within clusters."""
    rows: list[tuple[Cell, ...]] = []
    for kind, s in found.services.items():
        known = kinds().get(kind)
        per_head = s.clusters["service"] / s.clusters["people"]
        least = str(per_head.idxmin())
        even = not s.total >= SEEN
        rows.append(
            (
                words(known.label if known else kind),
                words(
                    Text("容量", "capacity") if found.counted[kind] == "capacity" else Text("个数", "number")
                ),
                number(s.total, 3),
                number(s.between, 3),
                number(s.within, 3),
                words(Text("几乎没有差异", "next to none")) if even else number(100 * s.share_between, 0),
                words(Text("—", "—") if even else m.cluster_name(least)),
                number(100 * float(per_head.min()), 0),
            )
        )
    told = [p.what for p in found.absent.get("services", ()) if p.column == "quality"]
    return TableBlock(
        key="services",
        number=m.numbers.table(),
        caption=Text(
            "公共服务的不均等:片区之间与片区之内", "Inequality of public services between and within clusters"
        ),
        columns=(
            Column(label=Text("服务", "Service"), share=1.4),
            Column(label=Text("计量", "Counted"), share=0.9),
            Column(label=Text("泰尔指数", "Theil's T"), numeric=True, share=0.9),
            Column(label=Text("片区之间", "Between"), numeric=True, share=0.9),
            Column(label=Text("片区之内", "Within"), numeric=True, share=0.9),
            Column(label=Text("片区之间占比", "Share between"), unit=Text("%", "%"), numeric=True, share=1.3),
            Column(label=Text("人均最少的片区", "Cluster with least per head"), share=1.8),
            Column(
                label=Text("其人均与区域之比", "Its supply per head, region 100"), numeric=True, share=1.2
            ),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("见表头", "see the heads"),
            source=Text(
                "places.csv 的服务按居民加权的泰尔指数,T = 之间 + 之内",
                "Theil's T of the services in places.csv over residents, T = between + within",
            ),
        ),
        note=Text(
            "".join(f"{t.zh}。" for t in told),
            " ".join(f"{t.in_('en')[:1].upper()}{t.in_('en')[1:]}." for t in told),
        ),
    )


def moran_table(m: Material, g: Moran, found: LocalMoran | None) -> TableBlock:
    """Return Moran's I of the index, and the zones that stand together with their neighbours."""
    local = dict(zip(found.units, found.clusters(), strict=True)) if found else {}
    p = fixed(g.p_permuted, 3)
    rows: list[tuple[Cell, ...]] = [
        (
            words(Text("全域莫兰指数 I", "Moran's I")),
            number(g.i, 2),
            words(
                Text(
                    f"无自相关时的期望 {fixed(g.expected, 2)};置换检验 p = {p};{g.units} 个分区",
                    f"{fixed(g.expected, 2)} by chance; p = {p} by permutation; {g.units} zones",
                )
            ),
        )
    ]
    for key, name in CLUSTERED.items():
        zones = [m.region.zone_name(z) for z, q in local.items() if q == key]
        listed = Text("、".join(z.zh for z in zones) or "—", ", ".join(z.in_("en") for z in zones) or "—")
        rows.append((words(name), number(len(zones), 0), words(listed)))
    return TableBlock(
        key="moran",
        number=m.numbers.table(),
        caption=Text("综合指数的空间自相关", "Whether neighbours have alike indices"),
        columns=(
            Column(label=Text("项目", "Item"), share=1.2),
            Column(label=Text("数值", "Value"), numeric=True, share=0.7),
            Column(label=Text("说明或分区", "Explanation or zones"), share=4.0),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("I 无量纲;聚集为分区个数", "I without unit; clusters in zones"),
            source=Text(
                "综合指数,边界相邻权重按行标准化;局部聚集按错误发现率 5%",
                "index; shared borders, rows summing to 1; local clusters at a false discovery rate of 5%",
            ),
        ),
    )


def absent_table(m: Material, found: Whole) -> TableBlock:
    """Return what coordination lacks, and which file would supply it."""
    rows = tuple(
        (
            words(PARTS[part]),
            words(Text("缺失", "missing") if p.severity == "error" else Text("注意", "note")),
            words(zones_named(m, p.what)),
            words(p.remedy),
            words(p.file or "—"),
        )
        for part, problems in found.absent.items()
        for p in problems
    )
    return TableBlock(
        key="coordination-lacking",
        number=m.numbers.table(),
        caption=Text(
            "协同测算缺什么,由哪个文件补齐", "What coordination lacks, and which file would supply it"
        ),
        columns=(
            Column(label=Text("部分", "Part"), share=1.5),
            Column(label=Text("情况", "State"), share=0.7),
            Column(label=Text("原因", "Reason"), share=3.2),
            Column(label=Text("如何补齐", "What to do"), share=2.8),
            Column(label=Text("文件", "File"), share=1.1),
        ),
        rows=rows,
        trace=m.trace(
            unit=Text("—", "—"), source=Text("本章测算过程", "what was met while this chapter was made")
        ),
    )


def zones_named(m: Material, text: Text) -> Text:
    """Return a message with the names of zones instead of their ids (ids without a digit stay: words)."""
    ids = {z for z in m.region.zone_ids if any(c.isdigit() for c in z)}

    def name(lang: Lang) -> str:
        parts = re.split(r"([\w-]+)", text.in_(lang))
        return "".join(m.region.zone_name(p).in_(lang) if p in ids else p for p in parts)

    return Text(name("zh"), name("en"))
