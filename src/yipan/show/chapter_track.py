"""The chapter on delivery: the lamps of a ledger on one day."""

from __future__ import annotations

from collections import Counter

from yipan.show.cells import number, words
from yipan.show.material import Material
from yipan.show.model import Block, Card, Cards, Cell, Chapter, Column, Paragraph, TableBlock, Tone
from yipan.show.numbers import money_unit
from yipan.text import Text
from yipan.track.status import LAMPS, Status

TONES: dict[str, Tone] = {"green": "good", "yellow": "", "red": "bad", "grey": ""}


def track_chapter(m: Material, status: Status) -> Chapter:
    """Return the lamps of all projects, and the rules they follow."""
    counts = Counter(p.lamp for p in status.projects)
    cards = tuple(
        Card(
            Text(f"{symbol} {name.zh}", f"{symbol} {name.en}"),
            Text(*(str(counts.get(lamp, 0)),) * 2),
            Text("个项目", "projects"),
            TONES[lamp],
        )
        for lamp, (symbol, name) in LAMPS.items()
    )
    blocks: tuple[Block, ...] = (
        Paragraph(Text(f"{status.today} 的台账状态。", f"The ledger on {status.today}.")),
        Cards(cards),
        Paragraph(status.rules, "note"),
        _table(m, status),
    )
    return Chapter(key="track", title=Text("实施进度", "Delivery"), blocks=blocks)


def _table(m: Material, status: Status) -> TableBlock:
    rows = []
    for p in status.projects:
        symbol, name = LAMPS[p.lamp]
        rows.append(
            (
                Cell(Text(f"{symbol} {name.zh}", f"{symbol} {name.en}"), p.lamp, tone=TONES[p.lamp]),
                words(p.name),
                words(p.owner),
                number(p.promised_cost, 1),
                number(p.planned_to_date, 1),
                number(p.spent, 1),
                Cell(Text(*(str(p.effective_planned),) * 2), float(p.effective_planned)),
                Cell(Text(*(str(p.effective_expected),) * 2), float(p.effective_expected)),
                words(p.why),
            )
        )
    unit = money_unit(m.region.meta.currency)
    return TableBlock(
        key="lamps",
        number=m.numbers.table(),
        caption=Text("项目进度灯", "Lamps of the projects"),
        columns=(
            Column(label=Text("状态", "State"), share=1.0),
            Column(label=Text("项目", "Project"), share=2.6),
            Column(label=Text("责任单位", "Owner"), share=1.8),
            Column(label=Text("承诺投资", "Promised"), unit=unit, numeric=True),
            Column(label=Text("至今应支", "Due by now"), unit=unit, numeric=True),
            Column(label=Text("已支出", "Spent"), unit=unit, numeric=True),
            Column(label=Text("计划见效", "Planned"), unit=Text("年", "year"), numeric=True, share=0.8),
            Column(label=Text("预计见效", "Expected"), unit=Text("年", "year"), numeric=True, share=0.9),
            Column(label=Text("说明", "Why"), share=2.4),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=unit,
            year=str(status.today),
            source=Text("台账事件", "events of the ledger"),
            quality=Text("台账所报", "as reported to the ledger"),
        ),
    )
