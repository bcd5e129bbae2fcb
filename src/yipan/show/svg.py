"""SVG as a small tree: escaped when written, in one language or in both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from yipan.show.typography import chinese
from yipan.text import LANGS, Lang, Text

FONT = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"


@dataclass(frozen=True, slots=True)
class Node:
    """One element.

    `lang` is set on what is shown in one language only; a `Text` child is written in the language asked
    for, and in both languages as ``data-zh`` and ``data-en`` (titles, descriptions).
    """

    tag: str
    attrs: tuple[tuple[str, str], ...]
    children: tuple[Node | Text | str, ...]
    lang: Lang | None = None


def el(tag: str, *children: Node | Text | str, **attrs: object) -> Node:
    """Return an element; ``stroke_width=2`` becomes ``stroke-width="2"``, None leaves the attribute out.

    ``lang="zh"`` or ``"en"`` shows it in that language only.

    Examples
    --------
    >>> render(el("text", "<b>", x=1.25, font_weight=700))
    '<text x="1.2" font-weight="700">&lt;b&gt;</text>'
    """
    spoken = attrs.pop("lang", None)
    lang: Lang | None = "zh" if spoken == "zh" else "en" if spoken == "en" else None
    pairs = tuple((_attribute(k), number(v)) for k, v in attrs.items() if v is not None)
    return Node(tag, pairs, children, lang)


def _attribute(name: str) -> str:
    return (
        name
        if name in {"viewBox", "patternUnits", "patternTransform"}
        else name.rstrip("_").replace("_", "-")
    )


def number(value: object) -> str:
    """Write a number with at most one decimal (a tenth of a pixel), anything else as it is."""
    if isinstance(value, float):
        text = f"{value:.1f}"
        return text.removesuffix(".0").replace("-0", "0") if text in {"-0.0"} else text.removesuffix(".0")
    return str(value)


def group(children: list[Node], **attrs: object) -> Node:
    """Return a ``g`` of `children`."""
    return el("g", *children, **attrs)


def label(x: float, y: float, text: Text, **attrs: object) -> Node:
    """Return a text that is shown in the language of the reader."""
    if text.zh == text.en or not text.zh or not text.en:
        return el("text", text.zh or text.en, x=x, y=y, **attrs)
    both = [el("text", text.in_(lang), lang=lang, x=x, y=y, **attrs) for lang in LANGS]
    return el("g", *both)


def render(node: Node, lang: Lang | None = None) -> str:
    """Write the tree: in one language, or in both (``class="zh"``/``class="en"`` on what differs)."""
    return "".join(_pieces(node, lang))


def _pieces(node: Node, lang: Lang | None) -> Iterator[str]:
    if node.lang is not None and lang is not None and node.lang != lang:
        return
    attrs = "".join(f' {k}="{escape(v)}"' for k, v in node.attrs)
    if node.lang is not None and lang is None:
        attrs += f' class="{node.lang}" lang="{node.lang}"'
    if lang is None and len(node.children) == 1 and isinstance(node.children[0], Text):
        text = node.children[0]
        attrs += f' data-zh="{escape(chinese(text.in_("zh")))}" data-en="{escape(text.in_("en"))}"'
    if not node.children:
        yield f"<{node.tag}{attrs}/>"
        return
    yield f"<{node.tag}{attrs}>"
    for child in node.children:
        if isinstance(child, Node):
            yield from _pieces(child, lang)
        else:
            yield escape(chinese(child if isinstance(child, str) else child.in_(lang or "zh")), quote=False)
    yield f"</{node.tag}>"


def picture(
    width: float, height: float, *children: Node, title: Text, description: Text, uid: str, min_width: int = 0
) -> Node:
    """Return the outermost element of a picture: labelled for screen readers, scaling with the page."""
    return el(
        "svg",
        el("title", title, id=f"{uid}-t"),
        el("desc", description, id=f"{uid}-d"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(float(width))} {number(float(height))}",
        width=float(width),
        height=float(height),
        role="img",
        aria_labelledby=f"{uid}-t {uid}-d",
        font_family=FONT,
        font_size=13,
        fill="#10242c",
        data_min=min_width or None,
    )


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text in Noto Sans CJK SC: hanzi are one em wide, Latin about half.

    Examples
    --------
    >>> text_width("万州", 10), round(text_width("ab", 10), 1)
    (20.0, 11.4)
    """
    return size * sum(1.0 if ord(c) > 0x2E7F else _latin(c) for c in chinese(text))


def _latin(char: str) -> float:
    if char in "iljI.,:;'|! ()[]":
        return 0.3
    if char in "mwMW%@":
        return 0.88
    return 0.66 if char.isupper() else 0.57


def hatch(uid: str) -> Node:
    """Return the pattern that means "no data"."""
    line = el("path", d="M0 0V6", stroke="#7d8a90", stroke_width=1.6)
    ground = el("rect", width=6, height=6, fill="#f3f4f4")
    return el(
        "defs",
        el(
            "pattern",
            ground,
            line,
            id=f"{uid}-h",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )
