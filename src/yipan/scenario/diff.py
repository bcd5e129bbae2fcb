"""What differs between two regions, or between two scenarios, as text a person reads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields

import pandas as pd

from yipan.region.schema import STOPS, TABLES, TableSchema
from yipan.region.value import Region
from yipan.scenario.values import Project, Ranges, Scenario, Start
from yipan.scenario.words import heading, ranges_words
from yipan.text import Lang, Text

_UNSAID = {"source", "quality", "geometry"}
_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {"none": "no difference", "name": "name", "assumption": "assumption", "start": "start"},
    "zh": {"none": "没有差别", "name": "名称", "assumption": "假设", "start": "开工"},
}
_WITHOUT = Text("已知没有的设施类别", "kinds of place known to be absent")
_ORDER = Text("实施次序", "order")


def diff(before: Region | Scenario, after: Region | Scenario, *, lang: Lang = "en") -> str:
    """Return what differs, one line each: ``+`` added, ``-`` removed, ``~`` changed.

    Of two regions, the rows of every table, matched by its key (stops by line and station); sources,
    qualities and geometries are left unsaid. Of two scenarios, projects, start years and what they hold.

    Raises
    ------
    TypeError
        When one is a region and the other a scenario.

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
    kinds of place known to be absent: — → shelter
    """
    if isinstance(before, Region) and isinstance(after, Region):
        lines = list(_regions(before, after, lang))
    elif isinstance(before, Scenario) and isinstance(after, Scenario):
        lines = list(_scenarios(before, after, lang))
    else:
        raise TypeError("give two regions or two scenarios")
    return "\n".join(lines) if lines else _WORDS[lang]["none"]


def _regions(before: Region, after: Region, lang: Lang) -> Iterator[str]:
    for schema in TABLES:
        if before.tables[schema.name].digest == after.tables[schema.name].digest:
            continue
        found = list(_rows(schema, before.table(schema.name), after.table(schema.name)))
        if found:
            yield from (schema.file, *(f"  {row}" for row in found))
    old, new = ({a.id: a for a in r.meta.assumptions} for r in (before, after))
    word = _WORDS[lang]["assumption"]
    for name in sorted(set(old) | set(new)):
        values = [f"{r[name].value:g} {r[name].unit}" if name in r else "—" for r in (old, new)]
        if values[0] != values[1]:
            yield f"{word} {name}: {values[0]} → {values[1]}"
    if set(before.meta.without) != set(after.meta.without):
        shown = [", ".join(sorted(r.meta.without)) or "—" for r in (before, after)]
        yield f"{_WITHOUT.in_(lang)}: {shown[0]} → {shown[1]}"


def _scenarios(before: Scenario, after: Scenario, lang: Lang) -> Iterator[str]:
    if before.name != after.name:
        yield f"~ {_WORDS[lang]['name']}: {before.name.in_(lang)} → {after.name.in_(lang)}"
    old, new = ({s.project.id: s for s in r.starts} for r in (before, after))
    for i in [*old, *(i for i in new if i not in old)]:
        if i not in new:
            yield f"- {i}: {_start(old[i], lang)}"
        elif i not in old:
            yield f"+ {i}: {_start(new[i], lang)}"
        else:
            changes = list(_changes(old[i], new[i], lang))
            if changes:
                yield f"~ {i}: {', '.join(changes)}"
    kept = [
        [s.project.id for s in r.starts if s.project.id in old and s.project.id in new]
        for r in (before, after)
    ]
    if kept[0] != kept[1]:
        yield f"~ {_ORDER.in_(lang)}: {', '.join(kept[0])} → {', '.join(kept[1])}"


def _start(start: Start, lang: Lang) -> str:
    return f"{_WORDS[lang]['start']} {start.year}, {heading(start.project).in_(lang)}"


def _changes(old: Start, new: Start, lang: Lang) -> Iterator[str]:
    if old.year != new.year:
        yield f"{_WORDS[lang]['start']} {old.year} → {new.year}"
    for f in fields(Project):
        a, b = getattr(old.project, f.name), getattr(new.project, f.name)
        if a != b and f.name == "interventions":
            texts = [Counter(i.describe().in_(lang) for i in side) for side in (a, b)]
            yield from (f"- {t}" for t in (texts[0] - texts[1]).elements())
            yield from (f"+ {t}" for t in (texts[1] - texts[0]).elements())
        elif a != b:
            yield f"{f.name} {_field(a, lang)} → {_field(b, lang)}"


def _field(value: object, lang: Lang) -> str:
    if isinstance(value, Text):
        return _shown(value.in_(lang))
    if isinstance(value, Ranges):
        said = ranges_words(value)
        return "—" if said is None else said.in_(lang)
    if isinstance(value, tuple):
        return " ".join(map(_shown, value)) or "—"
    return _shown(value)


def _rows(schema: TableSchema, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    key = list(schema.key)
    a, b = _by_key(before, schema), _by_key(after, schema)
    columns = [c for c in dict.fromkeys([*before.columns, *after.columns]) if c not in _UNSAID]
    said = [c for c in columns if c not in key]
    for name in [*a, *(n for n in b if n not in a)]:
        label = " ".join(_shown((b if name in b else a)[name][k]) for k in key)
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


def _by_key(frame: pd.DataFrame, schema: TableSchema) -> dict[tuple[str, ...], Mapping[str, object]]:
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    stops = schema is STOPS  # a line's stops are numbered anew when one comes between: the station tells them
    rows = plain.sort_values(["line", "seq"], kind="stable") if stops else plain
    out: dict[tuple[str, ...], Mapping[str, object]] = {}
    times: Counter[tuple[str, ...]] = Counter()
    for r in rows.to_dict("records"):
        name = tuple(_shown(r[k]) for k in (("line", "station") if stops else schema.key))
        times[name] += 1  # a line may call at a station twice
        out[(*name, str(times[name])) if stops else name] = {str(k): v for k, v in r.items()}
    return out


def _row(row: Mapping[str, object], columns: list[str]) -> str:
    return ", ".join(f"{c}={_shown(row.get(c))}" for c in columns if _shown(row.get(c)) != "—")


def _shown(value: object) -> str:
    if value is None or value is pd.NA or value == "" or (isinstance(value, float) and math.isnan(value)):
        return "—"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
