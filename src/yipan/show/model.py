"""The report as a value: chapters of blocks, built once; the page and the PDF are both written from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from yipan.show.svg import Node
from yipan.text import Text

NONE = Text("", "")
Tone = Literal["", "good", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where a figure or table comes from: every one carries this line."""

    unit: Text
    year: Text
    source: Text
    quality: Text
    run_id: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: what is read, what it sorts by (None: missing, sorted last), quality and tone.

    `bar` (0–1) draws a faint bar behind a number; `quality` is an id of `yipan.region.schema.Quality`.
    """

    text: Text
    sort: float | str | None = None
    quality: str = ""
    tone: Tone = ""
    bar: float | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Head of a column; `share` is its part of the width on paper."""

    label: Text
    unit: Text = NONE
    numeric: bool = False
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A table with number, caption and trace; `note` stands below it."""

    key: str
    number: int
    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    trace: Trace
    note: Text = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture of a figure, with its own subtitle where a figure has several."""

    svg: Node
    title: Text
    description: Text
    subtitle: Text = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureBlock:
    """One or more pictures under one number, caption and trace; `across` of them stand side by side."""

    key: str
    number: int
    caption: Text
    panels: tuple[Panel, ...]
    trace: Trace
    across: int = 1
    note: Text = NONE


@dataclass(frozen=True, slots=True)
class Card:
    """A number worth remembering, its unit, and what to compare it with."""

    label: Text
    value: Text
    note: Text = NONE
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """A row of cards."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `kind` ``note`` is set apart."""

    text: Text
    kind: Literal["", "note", "lead"] = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short statements."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter."""

    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing described by fields: an indicator, a project."""

    key: str
    badge: str
    title: Text
    subtitle: Text
    fields: tuple[tuple[Text, Text], ...]
    chips: tuple[str, ...] = ()
    panel: Panel | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """Things described one by one."""

    entries: tuple[Entry, ...]


Block = TableBlock | FigureBlock | Cards | Paragraph | Bullets | Heading | Entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter; `key` is its anchor."""

    key: str
    title: Text
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report, free of any format."""

    title: Text
    subtitle: Text
    facts: tuple[tuple[Text, Text], ...]
    chapters: tuple[Chapter, ...]
    run_id: str
    version: str
    date: str

    def tables(self) -> tuple[TableBlock, ...]:
        """Every table, in order."""
        return tuple(b for c in self.chapters for b in c.blocks if isinstance(b, TableBlock))

    def figures(self) -> tuple[FigureBlock, ...]:
        """Every figure, in order."""
        return tuple(b for c in self.chapters for b in c.blocks if isinstance(b, FigureBlock))

    def panels(self) -> Iterator[Panel]:
        """Every picture, in order."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, FigureBlock):
                    yield from block.panels
                elif isinstance(block, Entries):
                    yield from (e.panel for e in block.entries if e.panel is not None)


@dataclass
class Numbers:
    """Counts figures, tables and picture ids while a report is being put together."""

    figures: int = 0
    tables: int = 0
    pictures: int = field(default=0)

    def figure(self) -> int:
        """Return the next figure number."""
        self.figures += 1
        return self.figures

    def table(self) -> int:
        """Return the next table number."""
        self.tables += 1
        return self.tables

    def uid(self) -> str:
        """Return an id no other picture has."""
        self.pictures += 1
        return f"p{self.pictures}"
