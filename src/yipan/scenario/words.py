"""Projects and scenarios in words: what is done when, what it costs, who owns it, where that comes from."""

from __future__ import annotations

from collections import defaultdict

from yipan.scenario.values import Project, Ranges, Scenario, Start
from yipan.text import Text


def describe(change: Project | Scenario) -> Text:
    """Return a project, or every project of a scenario with its years, as text in both languages.

    Money in 1e8 of the currency. A project: cost, building time, upkeep and life; each intervention; cost by
    year; owner and zones; what it needs, excludes and is bundled with; land, carbon and ranges where stated;
    source and quality. A scenario adds the years of each and the capital of every year.

    Examples
    --------
    >>> print(describe(Scenario(Text("现状", "As it is"), ())).en)
    As it is: no project
    """
    if isinstance(change, Project):
        return _joined([heading(change), *_indented(_details(change))])
    return _scenario(change)


def heading(project: Project) -> Text:
    """Return a project in one line: name, cost, building time, upkeep, life."""
    years, cost = project.build_years, project.cost
    opening = "".join(f"{u:g}, " for u in project.opening_upkeep)
    first = (
        (f"最初 {opening.replace(', ', '、').rstrip('、')},此后每年 ", f"{opening}then ")
        if opening
        else ("", "")
    )
    return Text(
        f"{project.name.in_('zh')}:投资 {cost:g} 亿元({project.price_year} 年价,{years} 年建成),"
        + (f"维护费{first[0]}{project.upkeep:g} 亿元" if opening else f"每年维护 {project.upkeep:g} 亿元")
        + f",使用 {project.life} 年",
        f"{project.name.in_('en')}: {cost:g} (1e8, prices of {project.price_year}) over {years} building"
        f" year{'' if years == 1 else 's'}, upkeep {first[1]}{project.upkeep:g} a year,"
        f" life {project.life} years",
    )


def ranges_words(ranges: Ranges) -> Text | None:
    """Return ranges in words, None where none is stated."""
    zh, en = [], []
    if ranges.cost is not None:
        zh.append(f"造价为 {ranges.cost[0]:g}–{ranges.cost[1]:g} 倍")
        en.append(f"cost × {ranges.cost[0]:g}–{ranges.cost[1]:g}")
    if ranges.delay is not None:
        zh.append(f"延误 {ranges.delay[0]:g}–{ranges.delay[1]:g} 年")
        en.append(f"{ranges.delay[0]:g}–{ranges.delay[1]:g} years late")
    if ranges.effect is not None:
        zh.append(f"效果为 {ranges.effect[0]:g}–{ranges.effect[1]:g} 倍")
        en.append(f"effect × {ranges.effect[0]:g}–{ranges.effect[1]:g}")
    if not zh:
        return None
    said = (f"({ranges.source})", f" ({ranges.source})") if ranges.source else ("", "")
    return Text(f"{'、'.join(zh)}{said[0]}", f"{', '.join(en)}{said[1]}")


def _details(p: Project) -> list[Text]:
    out = [Text(f"- {t.zh}", f"- {t.en}") for t in (i.describe() for i in p.interventions)]
    if p.build_years > 1:
        out.append(
            Text(
                f"逐年投资:{'、'.join(f'{c:g}' for c in p.capital)}",
                f"by year: {', '.join(f'{c:g}' for c in p.capital)}",
            )
        )
    if p.owner.zh or p.owner.en:
        out.append(Text(f"责任单位:{p.owner.in_('zh')}", f"owner: {p.owner.in_('en')}"))
    if p.zones:
        out.append(Text(f"分区:{'、'.join(p.zones)}", f"zones: {', '.join(p.zones)}"))
    out += _bounds(p)
    if p.because.zh or p.because.en:
        out.append(Text(f"理由:{p.because.in_('zh')}", f"because: {p.because.in_('en')}"))
    said, quality = Text(p.source or "未说明", p.source or "not stated"), p.quality.label
    return [*out, Text(f"来源:{said.zh}({quality.zh})", f"source: {said.en} ({quality.en})")]


def _bounds(p: Project) -> list[Text]:
    """Return what binds a project or is stated of it only sometimes."""
    out = []
    if p.earliest is not None or p.latest is not None:
        first, last = (("…" if y is None else str(y)) for y in (p.earliest, p.latest))
        out.append(Text(f"开工年:{first}–{last}", f"starts in {first}–{last}"))
    for ids, zh, en in ((p.needs, "前置项目", "needs"), (p.excludes, "互斥项目", "excludes")):
        if ids:
            out.append(Text(f"{zh}:{'、'.join(ids)}", f"{en}: {', '.join(ids)}"))
    if p.bundle:
        out.append(Text(f"捆绑组:{p.bundle}", f"bundle: {p.bundle}"))
    if p.land is not None:
        out.append(Text(f"占地 {p.land:g} 平方公里", f"land: {p.land:g} km2"))
    if p.carbon is not None:
        out.append(Text(f"温室气体 {p.carbon:g} 千吨二氧化碳当量", f"carbon: {p.carbon:g} kt CO2e"))
    said = ranges_words(p.ranges)
    return out if said is None else [*out, Text(f"不确定性:{said.zh}", f"uncertainty: {said.en}")]


def _scenario(scenario: Scenario) -> Text:
    starts, name = scenario.starts, scenario.name
    if not starts:
        return Text(f"{name.in_('zh')}:没有项目", f"{name.in_('en')}: no project")
    total, n = sum(s.project.cost for s in starts), len(starts)
    first, last = min(s.year for s in starts), max(s.effective for s in starts)
    head = Text(
        f"{name.in_('zh')}:{n} 个项目,共 {total:g} 亿元,{first} 年开工,{last} 年全部见效",
        f"{name.in_('en')}: {n} project{'' if n == 1 else 's'}, {total:g} (1e8) in all, from {first},"
        f" all in use in {last}",
    )
    out = [head]
    for s in starts:
        out += [_years(s), *_indented(_details(s.project))]
    money: dict[int, float] = defaultdict(float)
    for s in starts:
        for k, c in enumerate(s.project.capital):
            money[s.year + k] += c
    shown = [f"{y} {round(c, 6):g}" for y, c in sorted(money.items())]
    out.append(Text(f"逐年投资(亿元):{'、'.join(shown)}", f"capital by year (1e8): {', '.join(shown)}"))
    return _joined(out)


def _years(start: Start) -> Text:
    head, last = heading(start.project), start.effective - 1
    built = f"{start.year}" if last == start.year else f"{start.year}–{last}"
    return Text(
        f"{built} 年建设,{start.effective} 年见效 · {head.zh}",
        f"{built}, in use from {start.effective} · {head.en}",
    )


def _indented(lines: list[Text]) -> list[Text]:
    return [Text(f"  {t.zh}", f"  {t.en}") for t in lines]


def _joined(lines: list[Text]) -> Text:
    return Text("\n".join(t.zh for t in lines), "\n".join(t.en for t in lines))
