"""What a written report must be: self-contained, bilingual, escaped, traced, honest about what is missing."""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from yipan.errors import ShowError
from yipan.measure import measure
from yipan.region import example
from yipan.show import fonts, write_report
from yipan.show.build import build_report
from yipan.show.html import bilingual, page
from yipan.show.material import Material
from yipan.show.model import Cell, Column, Report, TableBlock, Trace
from yipan.show.pdf import pdf
from yipan.show.report import write_built
from yipan.show.tables import table_rows
from yipan.text import Text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from show_fixture import CANDIDATES, measured, planned, told

sys.path.pop(0)
VOID = {"meta", "br", "img", "link", "input", "hr"}
DATE = "2026-01-01"


class Tree(HTMLParser):
    """Collects elements with their attributes, and checks that tags are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.found if t == tag]


def parsed(html: str) -> Tree:
    tree = Tree()
    tree.feed(html)
    assert tree.open == []
    return tree


@pytest.fixture(scope="module")
def report() -> Report:
    region, results = measured()
    return build_report(Material(region=region, results=results, plan=told(), date=DATE))


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    return page(report)


def test_page_asks_nothing_of_any_server(html: str) -> None:
    tree = parsed(html)
    assert not tree.all("link")
    assert not tree.all("img")
    assert not tree.all("iframe")
    for tag, attrs in tree.found:
        for name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            value = attrs.get(name)
            assert value is None or value.startswith("#"), (tag, name, value)
    # every address in styles and attributes stays inside the page
    for address in re.findall(r"url\(([^)]{1,20})", html):
        assert address.startswith(("data:font/woff2", "#")), address
    assert "@import" not in html
    policy = next(m["content"] for m in tree.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_every_chapter_is_there_and_linked(report: Report, html: str) -> None:
    keys = [c.key for c in report.chapters]
    assert keys == [
        "headline",
        "region",
        "scores",
        "groups",
        "certainty",
        "gaps",
        "coordination",
        "profiles",
        "indicators",
        "plan",
        "gains",
        "projects",
        "argue",
        "years",
        "robust",
        "sure",
        "sources",
    ]
    for key in keys:
        assert f'href="#{key}"' in html
        assert f'id="{key}"' in html


def test_chapters_stay_away_when_their_data_do() -> None:
    region, results = measured()
    alone = build_report(Material(region=region, results=results, date=DATE))
    assert [c.key for c in alone.chapters] == [
        "headline",
        "region",
        "scores",
        "groups",
        "certainty",
        "gaps",
        "coordination",
        "profiles",
        "indicators",
        "sources",
    ]
    found = build_report(Material(region=region, results=results, plan=planned(), date=DATE))
    keys = [c.key for c in found.chapters]
    assert keys[9:] == ["plan", "gains", "projects", "years", "sure", "sources"]
    listed = build_report(Material(region=region, results=results, projects=CANDIDATES, date=DATE))
    block = next(c for c in listed.chapters if c.key == "projects").blocks[0]
    assert isinstance(block, TableBlock)
    assert len(block.rows) == len(CANDIDATES)


def test_no_text_is_empty_in_either_language(report: Report) -> None:
    for chapter in report.chapters:
        assert chapter.title.zh
        assert chapter.title.en
    for block in (*report.tables(), *report.figures()):
        for text in (
            block.caption,
            block.trace.unit,
            block.trace.source,
            block.trace.quality,
            block.trace.year,
        ):
            assert text.zh.strip(), block.key
            assert text.en.strip(), block.key
        assert block.trace.run_id
    for table in report.tables():
        for column in table.columns:
            assert column.label.zh
            assert column.label.en
        for row in table.rows:
            assert len(row) == len(table.columns), table.key
            assert all(cell.text.zh or cell.text.en for cell in row), table.key
    for panel in report.panels():
        assert panel.title.zh
        assert panel.title.en
        assert panel.description.zh
        assert panel.description.en


def test_english_texts_hold_no_hanzi(report: Report) -> None:
    """An English reader meets Chinese only where a name has no English form."""
    for block in (*report.tables(), *report.figures()):
        for text in (block.caption, block.trace.unit, block.trace.source, block.note):
            assert not re.search(r"[\u4e00-\u9fff]", text.en), text.en


def test_every_picture_is_labelled(html: str) -> None:
    tree = parsed(html)
    ids = {a["id"] for _, a in tree.found if "id" in a}
    pictures = tree.all("svg")
    assert len(pictures) > 20
    for svg in pictures:
        assert svg["role"] == "img"
        assert set(str(svg["aria-labelledby"]).split()) <= ids
    twice = [a["id"] for _, a in tree.found if "id" in a]
    assert len(twice) == len(set(twice))


def test_tables_sort_by_what_is_shown(html: str, report: Report) -> None:
    """Numbers sort by value, not by their written form; what is missing carries no key and stays last."""
    tree = parsed(html)
    heads = tree.all("th")
    assert heads
    assert all(h["aria-sort"] == "none" and h["scope"] == "col" for h in heads)
    zones = next(t for t in report.tables() if t.key == "zones")
    index = [row[-1].sort for row in zones.rows]
    assert index == sorted(index, key=lambda v: -float(str(v)))
    for value in index:
        assert f'data-s="{value}"' in html


def test_missing_values_say_why() -> None:
    """The tiny region has no fire station: three zones without the value, no zero, the reason on the page."""
    region, results = measured()
    report = build_report(Material(region=region, results=results, date=DATE))
    row = next(
        r for t in report.tables() if t.key == "indicators" for r in t.rows if r[0].text.en == "Y-SAF-04"
    )
    assert [c.text.en for c in row[5:]] == ["—", "—", "—", "3"]
    text = page(report)
    assert "fire_station" in text
    assert "缺失原因" in text
    assert "Why missing" in text


def test_hostile_names_are_text() -> None:
    attack = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    region = example("tiny")
    zones = region.zones
    zones.loc[0, ["zh", "en"]] = [attack, attack]
    hostile = region.replace(
        meta=replace(region.meta, name=Text(attack, attack)),
        zones=zones,
    )
    report = build_report(Material(region=hostile, results=measure(hostile), date=DATE))
    text = page(report)
    tree = parsed(text)
    assert len(tree.all("script")) == 1
    assert not tree.all("img")
    assert "alert(1)" in text
    assert pdf(report, "en").startswith(b"%PDF-")


def test_typst_reads_names_as_text_not_markup() -> None:
    attack = '#panic("run") *b* $x$ @ref <label> \\ `raw` #{read("/etc/passwd")}'
    region = example("tiny")
    zones = region.zones
    zones.loc[0, ["zh", "en"]] = [attack, attack]
    hostile = region.replace(zones=zones)
    report = build_report(Material(region=hostile, results=measure(hostile), date=DATE))
    assert pdf(report, "zh").startswith(b"%PDF-")


def test_files_written_and_nothing_half_written(tmp_path: Path, report: Report) -> None:
    files = write_built(tmp_path / "out", report)
    assert files.problems == ()
    assert files.html.stat().st_size > 100_000
    for lang in ("zh", "en"):
        data = files.pdf[lang].read_bytes()
        assert data.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in data  # tagged
        assert re.search(rb"/Lang ?\(" + lang.encode(), data)
    assert len(files.tables) == len(report.tables())
    assert not list((tmp_path / "out").rglob("*.part"))


def test_one_language_only(tmp_path: Path) -> None:
    region, results = measured()
    files = write_report(tmp_path, region=region, results=results, langs=("en",), date=DATE)
    text = files.html.read_text(encoding="utf-8")
    assert sorted(files.pdf) == ["en"]
    assert "River City" in text
    assert "江城" not in text
    assert 'aria-pressed="true"' not in text


def test_fonts_missing_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    region, results = measured()
    monkeypatch.setattr(fonts, "FOLDER", tmp_path / "none")
    with pytest.raises(ShowError, match="install again"):
        write_report(tmp_path / "out", region=region, results=results, date=DATE)
    assert not (tmp_path / "out").exists()


def test_a_character_without_a_glyph_is_named(tmp_path: Path) -> None:
    region = example("tiny")
    zones = region.zones
    zones.loc[0, "zh"] = "江\U0002b7f0城"
    rare = region.replace(zones=zones)
    files = write_report(tmp_path, region=rare, results=measure(rare), langs=("zh",), date=DATE)
    assert [p.severity for p in files.problems] == ["warning"]
    assert "U+2B7F0" in files.problems[0].what.en


def test_page_font_holds_every_character_shown(html: str) -> None:
    assert fonts.lacking(html) == ()


def test_csv_cannot_run_formulas() -> None:
    trace = Trace(
        unit=Text("分", "points"),
        year=Text("2020", "2020"),
        source=Text("a", "a"),
        quality=Text("b", "b"),
        run_id="r",
    )
    attack = Text('=HYPERLINK("x")', '=HYPERLINK("x")')
    table = TableBlock(
        key="k",
        number=1,
        caption=attack,
        columns=(
            Column(label=Text("名", "name")),
            Column(label=Text("数", "number"), unit=Text("分", "points"), numeric=True),
        ),
        rows=((Cell(attack, "x"), Cell(Text("-1.5", "-1.5"), -1.5)),),
        trace=trace,
    )
    head, row = table_rows(table)
    assert head == ["名 name", "数 number [分 points]"]
    assert not row[0].startswith("=")
    assert row[1] == "-1.5"  # a number stays a number


def test_csv_holds_the_numbers_of_the_table(tmp_path: Path, report: Report) -> None:
    files = write_built(tmp_path, report, langs=("en",))
    path = next(p for p in files.tables if p.stem.endswith("-zones"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    region, results = measured()
    assert len(rows) == 1 + len(region.zone_ids)
    best = results.needs["index"].max()
    assert float(rows[1][-1]) == pytest.approx(best, abs=1e-9)


def test_plan_numbers_are_the_plans(report: Report) -> None:
    plan = told()
    table = next(t for t in report.tables() if t.key == "comparison")
    assert table.rows[1][1].sort == plan.comparison.plan
    assert table.rows[-1][2].sort == plan.comparison.plan - plan.comparison.additive
    key = next(t for t in report.tables() if t.key == "projects")
    assert sum(float(str(r[4].sort)) for r in key.rows) == pytest.approx(
        sum(s.project.cost for s in plan.scenario.starts)
    )
    assert [int(float(str(r[0].sort))) for r in key.rows] == list(range(1, len(plan.scenario.starts) + 1))


def test_money_is_in_the_currency_of_the_region() -> None:
    """Nothing of a plan in euros is said to be in yuan."""
    region, results = measured()
    euros = region.replace(meta=replace(region.meta, currency="EUR"))
    report = build_report(Material(region=euros, results=results, plan=told(), date=DATE))
    plan = [c for c in report.chapters if c.key in {"headline", "plan", "argue", "years", "robust", "sure"}]
    text = page(replace(report, chapters=tuple(plan)), langs=("en",))
    assert "EUR 100 m, prices of 2020" in text
    assert "CNY" not in text
    chinese = page(replace(report, chapters=tuple(plan)), langs=("zh",))
    assert "亿元" not in chinese
    assert "亿 EUR" in chinese


def test_bilingual_text_is_escaped_once() -> None:
    assert str(bilingual(Text("a<b", "a<b"))) == "a&lt;b"
    assert str(bilingual(Text("甲", "<a>"), "en")) == "&lt;a&gt;"
