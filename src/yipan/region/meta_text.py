"""`Meta` as the text of ``region.toml``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from yipan.region.value import Meta


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quote(name)


def _toml(value: object) -> str:
    if isinstance(value, str):
        return _quote(str(value))
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return repr(value)


def _pairs(pairs: Mapping[str, object]) -> list[str]:
    return [f"{k} = {_toml(v)}" for k, v in pairs.items() if v is not None and v != ""]


def meta_toml(meta: Meta) -> str:
    """Return `meta` as the text of ``region.toml``; reading it gives an equal `Meta`.

    Examples
    --------
    >>> from yipan.region.value import Meta
    >>> from yipan.text import Text
    >>> print(meta_toml(Meta(slug="t", name=Text("江湾", "Riverbend"), base_year=2020, core=("A",))))
    id = "t"
    names = { zh = "江湾", en = "Riverbend" }
    base_year = 2020
    years = []
    currency = "CNY"
    price_year = 2020
    crs = "EPSG:4326"
    core = ["A"]
    <BLANKLINE>
    """
    out = [
        f"id = {_quote(meta.slug)}",
        f"names = {{ zh = {_quote(meta.name.zh)}, en = {_quote(meta.name.en)} }}",
        f"base_year = {meta.base_year}",
        f"years = {_toml(meta.years)}",
        *_pairs({"currency": meta.currency, "price_year": meta.price_year, "crs": meta.crs}),
        f"core = {_toml(meta.core)}",
        *([f"without = {_toml(meta.without)}"] if meta.without else []),
        *_pairs({"licence": meta.licence}),
    ]
    if meta.departures is not None:
        d = meta.departures
        clock = {k: f"{v // 60:02d}:{v % 60:02d}" for k, v in (("start", d.start), ("end", d.end))}
        out += ["", "[departures]", *_pairs({"day": d.day, **clock, "step": d.step})]
    for c in meta.clusters:
        out += ["", "[[clusters]]"]
        out += _pairs({"id": c.id, "zh": c.name.zh, "en": c.name.en, "parent": c.parent})
    for s in meta.sources:
        out += ["", "[[sources]]"]
        out += _pairs({"id": s.id, "zh": s.title.zh, "en": s.title.en, "publisher": s.publisher})
        out += _pairs({"licence": s.licence, "year": s.year, "note_zh": s.note.zh, "note_en": s.note.en})
    for a in meta.assumptions:
        out += ["", f"[assumptions.{_key(a.id)}]"]
        out += _pairs({"value": a.value, "unit": a.unit, "zh": a.name.zh, "en": a.name.en})
        out += _pairs({"source": a.source, "quality": str(a.quality)})
    for p in meta.provenance:
        out += ["", f"[provenance.{_quote(p.column)}]"]
        out += _pairs({"source": p.source, "quality": str(p.quality), "zh": p.note.zh, "en": p.note.en})
    return "\n".join(out) + "\n"
