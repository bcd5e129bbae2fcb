"""What differs between two regions, and what a project does, as text a person reads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from yipan.region.schema import TABLES, TableSchema
from yipan.region.value import Region
from yipan.scenario.values import Project
from yipan.text import Lang, Text

_UNSAID = {"source", "quality", "geometry"}
_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {"none": "no difference", "name": "name", "assumption": "assumption"},
    "zh": {"none": "没有差别", "name": "名称", "assumption": "假设"},
}


def diff(before: Region, after: Region, *, lang: Lang = "en") -> str:
    """Return what differs between two regions, one line a row: ``+`` added, ``-`` removed, ``~`` changed.

    Rows are matched by the key of their table; sources, qualities and geometries are left unsaid.

    Examples
    --------
    >>> from yipan.region import example
    >>> from yipan.scenario.interventions import ChangeService, ClosePlace
    >>> tiny = example("tiny")
    >>> after = ClosePlace(place="s1").apply(ChangeService(line="m1", headway_peak=3.0).apply(tiny))
    >>> print(diff(tiny, after))
    places.csv
      - s1: kind=shelter, zh=江城避难所, en=River shelter, lon=106.05, lat=29.1, capacity=10000, ...
    lines.csv
      ~ m1: headway_peak 4 → 3
    """
    lines: list[str] = []
    for schema in TABLES:
        if before.tables[schema.name].digest == after.tables[schema.name].digest:
            continue
        found = list(_rows(schema, before.table(schema.name), after.table(schema.name)))
        if found:
            lines += [schema.file, *(f"  {row}" for row in found)]
    old, new = ({a.id: a for a in r.meta.assumptions} for r in (before, after))
    word = _WORDS[lang]["assumption"]
    for name in sorted(set(old) | set(new)):
        values = [f"{r[name].value:g} {r[name].unit}" if name in r else "—" for r in (old, new)]
        if values[0] != values[1]:
            lines.append(f"{word} {name}: {values[0]} → {values[1]}")
    return "\n".join(lines) if lines else _WORDS[lang]["none"]


def describe(project: Project) -> Text:
    """Return a project in a few lines: name, cost, building time, and each of its interventions."""
    years, cost = project.build_years, project.cost
    head = Text(
        f"{project.name.in_('zh')}:投资 {cost:g} 亿元({project.price_year} 年价,{years} 年建成),"
        f"每年维护 {project.upkeep:g} 亿元,使用 {project.life} 年",
        f"{project.name.in_('en')}: {cost:g} (1e8, prices of {project.price_year}) over"
        f" {years} building years, upkeep {project.upkeep:g} a year, life {project.life} years",
    )
    each = [i.describe() for i in project.interventions]
    return Text(
        "\n".join([head.zh, *(f"  - {t.zh}" for t in each)]),
        "\n".join([head.en, *(f"  - {t.en}" for t in each)]),
    )


def _rows(schema: TableSchema, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    key = list(schema.key)
    a, b = _by_key(before, key), _by_key(after, key)
    columns = [c for c in dict.fromkeys([*before.columns, *after.columns]) if c not in _UNSAID]
    said = [c for c in columns if c not in key]
    for name in [*a, *(n for n in b if n not in a)]:
        label = " ".join(name)
        if name not in b:
            yield f"- {label}: {_row(a[name], said)}"
        elif name not in a:
            yield f"+ {label}: {_row(b[name], said)}"
        else:
            changes = [
                f"{c} {_shown(a[name].get(c))} → {_shown(b[name].get(c))}"
                for c in said
                if _shown(a[name].get(c)) != _shown(b[name].get(c))
            ]
            if changes:
                yield f"~ {label}: {', '.join(changes)}"


def _by_key(frame: pd.DataFrame, key: list[str]) -> dict[tuple[str, ...], Mapping[str, object]]:
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    rows = plain.to_dict("records")
    return {tuple(_shown(r[k]) for k in key): {str(k): v for k, v in r.items()} for r in rows}


def _row(row: Mapping[str, object], columns: list[str]) -> str:
    return ", ".join(f"{c}={_shown(row.get(c))}" for c in columns if _shown(row.get(c)) != "—")


def _shown(value: object) -> str:
    if value is None or value is pd.NA or value == "" or (isinstance(value, float) and math.isnan(value)):
        return "—"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
