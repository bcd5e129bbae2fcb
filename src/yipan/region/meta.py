"""``region.toml``: reading it into `Meta` (writing it: `yipan.region.meta_text`)."""

from __future__ import annotations

import math
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from yipan.region.assumptions import ASSUMPTIONS, BOUNDS, STREET_ASSUMPTIONS
from yipan.region.findings import Log, suggest
from yipan.region.schema import Quality
from yipan.region.value import Assumption, Cluster, Departures, Meta, Provenance, Source, service_day
from yipan.text import Text

FILE = "region.toml"
DEFAULTS = Source(
    id="yipan-defaults",
    title=Text("一盘的默认假设", "default assumptions of Yipan"),
    note=Text("region.toml 未给出,故用默认值", "not given in region.toml, so the default is taken"),
)
"""Source of assumptions that a region does not give."""

HUGE = sys.float_info.max  # whole numbers in a file may be larger than any float
_WGS84 = ("EPSG:4326", "OGC:CRS84", "WGS84", "WGS-84")
_KEYS = (
    "id", "names", "base_year", "years", "currency", "price_year", "crs", "core", "licence", "clusters",
    "sources", "assumptions", "provenance", "without", "departures",
)  # fmt: skip
_Item = Mapping[str, object]


class _Reader:
    """One table of the TOML file: takes typed values out of it, logs what is wrong, names what is left."""

    def __init__(self, item: _Item, path: str, log: Log, text: str) -> None:
        self.item, self.path, self.log, self.text = item, path, log, text
        self.sound = True

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, what: Text, remedy: Text) -> None:
        row = _line_of(self.text, key) if not self.path and key in self.item else None
        self.log.error(what, remedy, file=FILE, row=row, column=self.at(key))
        self.sound = False

    def string(self, key: str, *, required: bool = False, default: str = "") -> str:
        value = self.item.get(key)
        if isinstance(value, str) and (value.strip() or not required):
            return value
        if value is not None and not isinstance(value, str):
            self.wrong(
                key,
                Text(f"应为文字,却是 {value!r}", f"must be text, but is {value!r}"),
                Text("用引号括起来", "put it in quotation marks"),
            )
        elif required:
            self.wrong(
                key, Text("缺少此键", "this key is missing"), Text(f'填写 {key} = "…"', f'write {key} = "…"')
            )
        return default

    def year(self, key: str, *, required: bool = False) -> int | None:
        value = self.item.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 2200:
            return value
        if value is not None or required:
            what = Text("缺少此键", "this key is missing")
            if value is not None:
                what = Text(f"不是年份:{value!r}", f"not a year: {value!r}")
            self.wrong(key, what, Text(f"填写 {key} = 2020 这样的年份", f"write a year, as in {key} = 2020"))
        return None

    def number(self, key: str) -> float:
        value = self.item.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= HUGE:
            return float(value)
        what = Text("缺少此键", "this key is missing")
        if value is not None:
            what = Text(f"不是数字:{value!r}", f"not a number: {value!r}")
        self.wrong(key, what, Text(f"填写 {key} = 数字,不加引号", f"write {key} = number, without quotes"))
        return math.nan

    def quality(self) -> Quality:
        word = self.string("quality", required=True)
        if word in set(Quality):
            return Quality(word)
        if word:
            near = suggest(word, Quality)
            self.wrong(
                "quality",
                Text(f"未知质量词:{word!r}{near.zh}", f"unknown quality: {word!r}{near.en}"),
                Text(
                    "填写 official、derived、modelled 或 assumed",
                    "write official, derived, modelled or assumed",
                ),
            )
        return Quality.ASSUMED

    def name(self, *, zh: str = "zh", en: str = "en", required: bool = False) -> Text:
        text = Text(self.string(zh), self.string(en))
        if required and not (text.zh.strip() or text.en.strip()):
            self.wrong(
                zh,
                Text("中英文名都缺少", "neither a Chinese nor an English name"),
                Text(f'填写 {zh} = "…" 或 {en} = "…"', f'write {zh} = "…" or {en} = "…"'),
            )
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.item.get(key, [])
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.wrong(
            key,
            Text(f"应为文字列表,却是 {value!r}", f"must be a list of texts, but is {value!r}"),
            Text(f'写成 {key} = ["a", "b"]', f'write {key} = ["a", "b"]'),
        )
        return ()

    def known(self, keys: Sequence[str]) -> None:
        for key in self.item:
            if key not in keys:
                near = suggest(key, keys)
                self.log.warn(
                    Text(f"未知的键,未使用{near.zh}", f"unknown key, not used{near.en}"),
                    Text("改名或删去", "rename it or delete it"),
                    file=FILE,
                    row=_line_of(self.text, key),
                    column=self.at(key),
                )


def read_meta(text: str, log: Log) -> Meta | None:
    """Return what ``region.toml`` says, or None when it says too little to go on.

    Parameters
    ----------
    text
        Content of the file.
    log
        Gets every problem found.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError
        line = re.search(r"at line (\d+)", str(error))
        log.error(
            Text(f"不是有效的 TOML:{error}", f"not valid TOML: {error}"),
            Text("改正该行;文字要用引号括起来", "mend that line; text stands in quotation marks"),
            file=FILE,
            row=int(line[1]) if line else None,
        )
        return None
    top = _Reader(data, "", log, text)
    top.known(_KEYS)
    slug, base_year = top.string("id", required=True), top.year("base_year", required=True)
    name = _names(top)
    enough = bool(slug and base_year and name)
    meta = Meta(
        slug=slug,
        name=name or Text("", ""),
        base_year=base_year or 0,
        currency=top.string("currency", default="CNY"),
        price_year=top.year("price_year") or base_year or 0,
        crs=_crs(top),
        core=top.texts("core"),
        without=top.texts("without"),
        years=_years(top),
        licence=top.string("licence"),
        clusters=tuple(_clusters(top)),
        sources=tuple(_sources(top)),
        departures=_departures(top),
    )
    meta = replace(meta, assumptions=tuple(_assumptions(top)), provenance=tuple(_provenance(top)))
    return _with_defaults(meta, log) if enough else None


def _names(top: _Reader) -> Text | None:
    names = top.item.get("names")
    if isinstance(names, Mapping):
        reader = _Reader(names, "names", top.log, top.text)
        reader.known(("zh", "en"))
        name = reader.name(required=True)
        return name if reader.sound else None
    top.wrong(
        "names",
        Text("缺少区域名称", "the region has no name"),
        Text('填写 names = { zh = "…", en = "…" }', 'write names = { zh = "…", en = "…" }'),
    )
    return None


def _crs(top: _Reader) -> str:
    crs = top.string("crs", default="EPSG:4326")
    if crs.upper() not in _WGS84:
        top.wrong(
            "crs",
            Text(
                f"表中的经纬度只能是 WGS-84,不能是 {crs!r}", f"points in tables must be WGS-84, not {crs!r}"
            ),
            Text(
                '把点转换为 WGS-84 并填写 crs = "EPSG:4326";分区文件可自带其它坐标系',
                'convert the points and write crs = "EPSG:4326"; a zones file may carry its own CRS',
            ),
        )
    return "EPSG:4326"


def _years(top: _Reader) -> tuple[int, ...]:
    years = top.item.get("years", [])
    if isinstance(years, list) and all(isinstance(y, int) and not isinstance(y, bool) for y in years):
        return tuple(years)
    top.wrong(
        "years",
        Text(f"应为年份列表,却是 {years!r}", f"must be a list of years, but is {years!r}"),
        Text("写成 years = [2010, 2020]", "write years = [2010, 2020]"),
    )
    return ()


def _items(top: _Reader, key: str, keys: Sequence[str]) -> Iterator[_Reader]:
    """Yield the tables of ``[[key]]``, those without an id or with one used before left out."""
    value = top.item.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
        top.wrong(
            key,
            Text(f"应为若干 [[{key}]] 表", f"must be tables [[{key}]]"),
            Text(f"每项写一个 [[{key}]] 段", f"write one section [[{key}]] for each"),
        )
        return
    seen: dict[str, int] = {}
    for i, item in enumerate(value, start=1):
        reader = _Reader(item, f"{key}[{i}]", top.log, top.text)
        reader.known(keys)
        ident = reader.string("id", required=True)
        if ident in seen:
            reader.wrong(
                "id",
                Text(
                    f"编号 {ident!r} 与第 {seen[ident]} 项重复",
                    f"id {ident!r} repeats that of item {seen[ident]}",
                ),
                Text("删去一项或改编号", "delete one of them or change its id"),
            )
        elif ident:
            seen[ident] = i
            yield reader


def _clusters(top: _Reader) -> Iterator[Cluster]:
    for reader in _items(top, "clusters", ("id", "zh", "en", "parent")):
        yield Cluster(id=reader.string("id"), name=reader.name(required=True), parent=reader.string("parent"))


def _sources(top: _Reader) -> Iterator[Source]:
    keys = ("id", "zh", "en", "publisher", "licence", "year", "note_zh", "note_en")
    for reader in _items(top, "sources", keys):
        yield Source(
            id=reader.string("id"),
            title=reader.name(required=True),
            publisher=reader.string("publisher"),
            licence=reader.string("licence"),
            year=reader.year("year"),
            note=reader.name(zh="note_zh", en="note_en"),
        )


def _named(top: _Reader, key: str, keys: Sequence[str]) -> Iterator[tuple[str, _Reader]]:
    """Yield the tables ``[key.NAME]`` with their names."""
    value = top.item.get(key, {})
    tables = value if isinstance(value, Mapping) else {"": None}
    for name, item in tables.items():
        if isinstance(item, Mapping):
            reader = _Reader(item, f"{key}.{name}", top.log, top.text)
            reader.known(keys)
            yield name, reader
        else:
            top.wrong(
                f"{key}.{name}" if name else key,
                Text(f"应为 [{key}.名称] 表", f"must be a table [{key}.NAME]"),
                Text(f"写成 [{key}.名称] 段", f"write a section [{key}.NAME]"),
            )


def _assumptions(top: _Reader) -> Iterator[Assumption]:
    for name, reader in _named(top, "assumptions", ("value", "unit", "zh", "en", "source", "quality")):
        value = _bounded(reader, name)
        made = Assumption(
            id=name,
            value=value,
            unit=reader.string("unit", required=True),
            name=reader.name(),
            source=reader.string("source", required=True),
            quality=reader.quality(),
        )
        if not math.isnan(value):
            yield made


def _bounded(reader: _Reader, name: str) -> float:
    """Return the value of an assumption, NaN where it is no number or none that can be computed with."""
    value = reader.number("value")
    low, high = BOUNDS.get(name, (-HUGE, HUGE))
    if math.isnan(value) or low <= value <= high:
        return value
    reader.wrong(
        "value",
        Text(f"不可用:{value:g}", f"cannot be used: {value:g}"),
        Text(f"填写 {low:g} 到 {high:g} 之间的数", f"write a number from {low:g} to {high:g}"),
    )
    return math.nan


def _provenance(top: _Reader) -> Iterator[Provenance]:
    for name, reader in _named(top, "provenance", ("source", "quality", "zh", "en")):
        source, quality = reader.string("source", required=True), reader.quality()
        yield Provenance(column=name, source=source, quality=quality, note=reader.name())


def _departures(top: _Reader) -> Departures | None:
    item = top.item.get("departures")
    if item is None:
        return None
    if not isinstance(item, Mapping):
        top.wrong(
            "departures",
            Text("应为 [departures] 表", "must be a table [departures]"),
            Text("写成 [departures] 段", "write a section [departures]"),
        )
        return None
    reader = _Reader(item, "departures", top.log, top.text)
    reader.known(("day", "start", "end", "step"))
    default = Departures()
    day = item.get("day", "")
    start, end = _clock(reader, "start", default.start), _clock(reader, "end", default.end)
    step = item.get("step", default.step)
    if not isinstance(step, int) or isinstance(step, bool) or not 1 <= step <= 3600:
        reader.wrong(
            "step",
            Text(f"不是 1 到 3600 的整数秒:{step!r}", f"not whole seconds from 1 to 3600: {step!r}"),
            Text("填写 step = 60", "write step = 60"),
        )
        step = default.step
    if start >= end:
        reader.wrong(
            "end",
            Text("应晚于 start", "must be later than start"),
            Text('写成 start = "07:00",end = "09:00"', 'write start = "07:00", end = "09:00"'),
        )
        start, end = default.start, default.end
    return Departures(day=_day(reader, day), start=start, end=end, step=step)


def _day(reader: _Reader, value: object) -> str:
    """Return a date in ISO form, from a TOML date or from text; empty for the busiest working day."""
    day = service_day(str(value))
    if value == "" or day is not None:
        return "" if day is None else day.isoformat()
    reader.wrong(
        "day",
        Text(f"不是可用的日期:{value!r}", f"not a date that can be used: {value!r}"),
        Text("填写 day = 2026-03-10 这样的日期", "write a date, as in day = 2026-03-10"),
    )
    return ""


def _clock(reader: _Reader, key: str, default: int) -> int:
    """Return minutes after midnight from ``"07:30"``; hours beyond 24 are of the next day."""
    value = reader.item.get(key)
    if value is None:
        return default
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)", value) if isinstance(value, str) else None
    if found and int(found[1]) < 48:
        return 60 * int(found[1]) + int(found[2])
    reader.wrong(
        key,
        Text(f"不是时刻:{value!r}", f"not a time of day: {value!r}"),
        Text(f'填写 {key} = "07:30" 这样的时刻', f'write a time of day, as in {key} = "07:30"'),
    )
    return default


def with_street_defaults(meta: Meta, log: Log) -> Meta:
    """Return `meta` with the further assumptions that streets need; defaults taken are named in `log`."""
    return _with_defaults(meta, log, rows=STREET_ASSUMPTIONS)


def _with_defaults(
    meta: Meta, log: Log, *, rows: Sequence[tuple[str, float, str, str, str]] = ASSUMPTIONS
) -> Meta:
    given = {a.id for a in meta.assumptions}
    missing = [row for row in rows if row[0] not in given]
    if not missing:
        return meta
    for name, value, unit, zh, en in missing:
        log.warn(
            Text(
                f"未给出{zh},取默认值 {value:g} {unit}",
                f"no {en} given; the default {value:g} {unit} is taken",
            ),
            Text(f"写 [assumptions.{name}] 并注明来源", f"write [assumptions.{name}] with its source"),
            file=FILE,
            column=f"assumptions.{name}",
        )
    taken = tuple(
        Assumption(id=k, value=v, unit=u, name=Text(zh, en), source=DEFAULTS.id, quality=Quality.ASSUMED)
        for k, v, u, zh, en in missing
    )
    sources = meta.sources if any(s.id == DEFAULTS.id for s in meta.sources) else (*meta.sources, DEFAULTS)
    return replace(meta, assumptions=(*meta.assumptions, *taken), sources=sources)


def _line_of(text: str, key: str) -> int | None:
    """Return the line on which a key or section first stands, or None."""
    found = re.search(rf"(?m)^[ \t]*(?:\[+)?\"?{re.escape(key)}\"?[ \t]*(?:=|\.|\])", text)
    return text.count("\n", 0, found.start() + 1) + 1 if found else None
