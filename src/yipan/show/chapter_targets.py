"""Part of chapter 4: targets against the pace of years, and the standards the indicators correspond to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from yipan.measure.outlook import MATCHES, STATUSES, WARNINGS, outlook, standards_table
from yipan.show.cells import number, words
from yipan.show.material import Material
from yipan.show.model import Block, Cell, Column, Heading, Paragraph, TableBlock, Tone
from yipan.show.numbers import decimals_of_size
from yipan.text import Text

_TONES: Mapping[str, Tone] = {"green": "good", "amber": "", "red": "bad", "grey": ""}
_UNVERIFIED = Text("(未核实)", " (unverified)")


def target_blocks(m: Material) -> list[Block]:
    """Return the table of targets and what its lights mean; nothing for a region without targets."""
    if not len(m.region.table("targets")):
        return []
    found = outlook(m.region, m.results)
    why = _reasons(found)
    note = Paragraph(
        Text(
            "进度灯:起始年以来每年的实际变化 ÷ 到目标年每年还需的变化,≥ 95% 为按期,≥ 60% 为偏慢,其余为不足"
            "(阈值同 Eurostat);趋势预警至少需要四个年份的值。" + why.zh,
            "Lights: yearly change since the start over the yearly change still needed; 95% and more is on"
            " track, 60% too slow, less far too slow (thresholds of Eurostat); early warning by trend needs"
            " values of four years at least. " + why.en,
        ),
        "note",
    )
    return [_target_table(m, found), note]


def _reasons(found: pd.DataFrame) -> Text:
    """Say why targets are not judged, each reason once with how many it holds for."""
    unknown = found[found["status"] == "unknown"]
    if unknown.empty:
        return Text("", "")
    count = Counter(zip(map(str, unknown["why_zh"]), map(str, unknown["why_en"]), strict=True))
    return Text(
        "无法判断的目标:" + ";".join(f"{zh}({n} 个)" for (zh, _), n in count.items()) + "。",
        "Not judged: " + "; ".join(f"{en} ({n})" for (_, en), n in count.items()) + ".",
    )


def _target_table(m: Material, found: pd.DataFrame) -> TableBlock:
    rows = tuple(_row(m, t) for t in found.to_dict("records"))
    return TableBlock(
        key="targets",
        number=m.numbers.table(),
        caption=Text("目标、差距与进度", "Targets, gaps and pace"),
        columns=(
            Column(label=Text("指标", "Indicator"), share=2.4),
            Column(label=Text("范围", "Scope"), share=1.3),
            Column(label=Text("单位", "Unit"), share=1.1),
            Column(label=Text("年份", "Year"), numeric=True, share=0.7),
            Column(label=Text("目标", "Target"), numeric=True),
            Column(label=Text("现状", "Now"), numeric=True),
            Column(label=Text("还差", "Missing"), numeric=True),
            Column(label=Text("每年实际", "A year: moved"), numeric=True),
            Column(label=Text("每年还需", "A year: needed"), numeric=True),
            Column(label=Text("进度", "Pace"), share=1.2),
            Column(label=Text("趋势预警", "Trend"), share=1.2),
        ),
        rows=rows,
        trace=m.trace(
            unit=Text("见单位列", "see the unit column"),
            source=m.source_titles([str(s) for s in found["source"]]),
        ),
    )


def _row(m: Material, t: Mapping[Any, Any]) -> tuple[Cell, ...]:
    i = m.results.indicators[str(t["indicator"])]
    goal, now = float(t["target"]), float(t["value"])
    d = max(decimals_of_size(goal), decimals_of_size(now)) if np.isfinite(now) else decimals_of_size(goal)
    status, warning = STATUSES[t["status"]], WARNINGS[t["warning"]]
    return (
        words(i.name),
        words(Text(str(t["scope_zh"]), str(t["scope_en"]))),
        words(i.unit),
        Cell(Text(*(str(t["year"]),) * 2), float(t["year"])),
        number(goal, d),
        number(now, d),
        number(max(0.0, float(t["shortfall"])) if np.isfinite(t["shortfall"]) else np.nan, d),
        *(_yearly(float(t[c]), d) for c in ("achieved", "needed")),
        Cell(status, status.en, tone=_TONES[t["light"]]),
        words(warning),
    )


def _yearly(value: float, decimals: int) -> Cell:
    """Return a change a year, with one decimal more than the value it changes."""
    return number(value, decimals + 1)


def standard_blocks(m: Material) -> list[Block]:
    """Return which measured indicators correspond to published standards, and how closely."""
    found = standards_table(m.results).sort_values(["standard", "code"], kind="stable")
    if found.empty:
        return []
    rows = tuple(
        (
            words(
                Text(
                    f"{t['standard']} {t['code']}" + (_UNVERIFIED.zh if t["checked"] == "unverified" else ""),
                    f"{t['standard']} {t['code']}" + (_UNVERIFIED.en if t["checked"] == "unverified" else ""),
                )
            ),
            words(Text(str(t["title_zh"]), str(t["title_en"]))),
            words(m.results.indicators[str(t["indicator"])].name),
            words(MATCHES[str(t["match"])]),
            words(Text(str(t["difference_zh"]), str(t["difference_en"]))),
        )
        for t in found.to_dict("records")
    )
    table = TableBlock(
        key="standards",
        number=m.numbers.table(),
        caption=Text("与公布标准的对应", "Indicators and published standards"),
        columns=(
            Column(label=Text("标准与编号", "Standard and code"), share=1.5),
            Column(label=Text("标准中的指标", "Its indicator"), share=2.0),
            Column(label=Text("本报告的指标", "Indicator here"), share=2.0),
            Column(label=Text("对应", "Match"), share=1.0),
            Column(label=Text("差别", "What differs"), share=2.7),
        ),
        rows=rows,
        trace=m.trace(unit=Text("无", "none"), source=_sources(found)),
    )
    note = Text(
        "“相近”与“部分”对应的数值不得以标准的编号上报。",
        "Values of similar and partial ones are not to be reported under the code of the standard.",
    )
    return [Heading(Text("与标准的对应", "Alignment with standards")), table, Paragraph(note, "note")]


def _sources(found: pd.DataFrame) -> Text:
    names = [str(s) for s in dict.fromkeys(found["source"]) if str(s)]
    return Text(";".join(names), "; ".join(names))
