"""The report as a tagged PDF, set by Typst from the same value as the page."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import typst

from yipan.errors import ShowError
from yipan.region.schema import Quality
from yipan.show.fonts import FOLDER, WEIGHTS, font_file, legible
from yipan.show.model import (
    Block,
    Bullets,
    Cards,
    Cell,
    Entries,
    FigureBlock,
    Heading,
    Panel,
    Paragraph,
    Report,
    TableBlock,
    Trace,
)
from yipan.show.svg import render
from yipan.show.typography import chinese
from yipan.show.words import WORDS
from yipan.text import Lang, Text

TEMPLATE = Path(__file__).resolve().parent / "templates" / "report.typ"
Json = dict[str, object]


def pdf(report: Report, lang: Lang) -> bytes:
    """Return the report in one language as PDF/UA-1 (tagged, with alternative texts).

    Texts reach Typst only as data (a JSON file), pictures as SVG files; nothing of a region is ever
    part of the program that is run.

    Raises
    ------
    ShowError
        The fonts are missing or Typst refuses the document.
    """
    for weight in WEIGHTS:
        font_file(weight)
    with tempfile.TemporaryDirectory(prefix="yipan-") as name:
        folder = Path(name)
        data = document(report, lang, folder)
        (folder / "data.json").write_text(legible(json.dumps(data, ensure_ascii=False)), encoding="utf-8")
        (folder / "main.typ").write_bytes(TEMPLATE.read_bytes())
        try:
            made = typst.compile(
                folder / "main.typ",
                root=folder,
                font_paths=[FOLDER],
                ignore_system_fonts=True,
                pdf_standards="ua-1",
            )
        except typst.TypstError as error:
            raise ShowError(Text(f"无法生成 PDF:{error}", f"the PDF cannot be made: {error}")) from error
    return bytes(made)


def document(report: Report, lang: Lang, folder: Path) -> Json:
    """Return what the template reads, and write the pictures into `folder`."""

    def say(text: Text) -> str:
        return chinese(text.in_(lang)) if lang == "zh" else text.in_(lang)

    pictures = 0

    def picture(panel: Panel) -> Json:
        nonlocal pictures
        pictures += 1
        name = f"p{pictures}.svg"
        (folder / name).write_text(legible(render(panel.svg, lang)), encoding="utf-8")
        return {
            "file": name,
            "alt": f"{say(panel.title)} — {say(panel.description)}",
            "subtitle": say(panel.subtitle),
            "tall": _tall(panel),
        }

    return {
        "lang": lang,
        "title": say(report.title),
        "subtitle": say(report.subtitle),
        "facts": [[say(k), say(v)] for k, v in report.facts],
        "run": report.run_id,
        "version": report.version,
        "date": report.date,
        "words": {k: say(v) for k, v in WORDS.items()},
        "quality": {q.value: say(q.label) for q in Quality},
        "chapters": [
            {"key": c.key, "title": say(c.title), "blocks": [_block(b, say, picture) for b in c.blocks]}
            for c in report.chapters
        ],
    }


def _tall(panel: Panel) -> bool:
    """Whether a picture takes more than half a page: such pictures float, so that text fills the page."""
    size = dict(panel.svg.attrs)
    return float(size["height"]) > 0.6 * float(size["width"])


Say = Callable[[Text], str]
Draw = Callable[[Panel], Json]


def _block(block: Block, say: Say, picture: Draw) -> Json:
    out: Json
    match block:
        case Cards(cards):
            rows = [
                {"label": say(c.label), "value": say(c.value), "note": say(c.note), "tone": c.tone}
                for c in cards
            ]
            out = {"type": "cards", "cards": rows}
        case Paragraph(text, kind):
            out = {"type": "paragraph", "text": say(text), "kind": kind}
        case Bullets(items):
            out = {"type": "bullets", "items": [say(i) for i in items]}
        case Heading(text):
            out = {"type": "heading", "text": say(text)}
        case FigureBlock():
            out = {
                "type": "figure",
                "number": block.number,
                "caption": say(block.caption),
                "panels": [picture(p) for p in block.panels],
                "across": block.across,
                "trace": _trace(block.trace, say),
                "note": say(block.note),
            }
        case TableBlock():
            out = _table(block, say)
        case Entries(entries):
            out = {
                "type": "entries",
                "entries": [
                    {
                        "badge": e.badge,
                        "title": say(e.title),
                        "subtitle": say(e.subtitle),
                        "fields": [[say(k), say(v)] for k, v in e.fields],
                        "chips": list(e.chips),
                        "panel": picture(e.panel) if e.panel is not None else None,
                    }
                    for e in entries
                ],
            }
    return out


def _table(table: TableBlock, say: Say) -> Json:
    return {
        "type": "table",
        "number": table.number,
        "caption": say(table.caption),
        "columns": [
            {"label": say(c.label), "unit": say(c.unit), "numeric": c.numeric, "share": c.share}
            for c in table.columns
        ],
        "rows": [[_cell(cell, say) for cell in row] for row in table.rows],
        "trace": _trace(table.trace, say),
        "note": say(table.note),
    }


def _cell(cell: Cell, say: Say) -> Json:
    chip = cell.quality if isinstance(cell.sort, float) else ""
    return {
        "text": say(cell.text),
        "tone": cell.tone,
        "strong": cell.strong,
        "chip": chip,
        "bar": cell.bar,
        "gone": cell.sort is None,
    }


def _trace(trace: Trace, say: Say) -> list[list[str]]:
    return [
        [say(WORDS["unit"]), say(trace.unit)],
        [say(WORDS["year"]), say(trace.year)],
        [say(WORDS["quality"]), say(trace.quality)],
        [say(WORDS["source"]), say(trace.source)],
        [say(WORDS["run"]), trace.run_id],
    ]
