"""The report as one page: no request to anywhere, both languages inside, fonts and pictures included."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from yipan.region.schema import Quality
from yipan.show.fonts import FAMILY, web_fonts
from yipan.show.model import Panel, Report
from yipan.show.svg import render
from yipan.show.typography import chinese
from yipan.show.words import WORDS
from yipan.text import Lang, Text

TEMPLATES = Path(__file__).resolve().parent / "templates"


def page(report: Report, *, langs: Sequence[Lang] = ("zh", "en")) -> str:
    """Return the report as HTML; with two languages it carries a switch."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    only = langs[0] if len(langs) == 1 else None

    def both(text: Text) -> Markup:
        return bilingual(text, only)

    def drawn(panel: Panel) -> Markup:
        return Markup(render(panel.svg, only))  # noqa: S704 - render escapes every text and attribute

    env.filters["t"] = both
    env.globals.update(
        drawn=drawn,
        w=WORDS,
        kind=lambda block: type(block).__name__,
        quality={q.value: q.label for q in Quality},
    )
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    body = env.get_template("report.html.j2").render(report=report, langs=tuple(langs), first=langs[0])
    fonts = web_fonts(body + style, body + style)
    faces = "".join(
        f"@font-face{{font-family:'{FAMILY}';font-weight:{400 if w == 'Regular' else 700};font-display:block;"
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        for w, data in fonts.items()
    )
    return env.get_template("page.html.j2").render(
        report=report,
        first=langs[0],
        body=Markup(body),  # noqa: S704 - rendered above with autoescape
        style=Markup(faces + style),  # noqa: S704 - files of the package
        script=Markup(script),  # noqa: S704 - file of the package
        script_hash="sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def bilingual(text: Text, only: Lang | None = None) -> Markup:
    """Return a text escaped, in both languages as two spans of which one shows.

    Examples
    --------
    >>> str(bilingual(Text("<区>", "<zone>")))
    '<span class="zh" lang="zh">&lt;区&gt;</span><span class="en" lang="en">&lt;zone&gt;</span>'
    """
    if only is not None:
        return escape(chinese(text.zh or text.en) if only == "zh" else text.in_("en"))
    if text.zh == text.en or not text.zh or not text.en:
        return escape(text.zh or text.en)
    return Markup('<span class="zh" lang="zh">{}</span><span class="en" lang="en">{}</span>').format(
        chinese(text.zh), text.en
    )
