"""The outline of a report in readable text: a reviewer sees which chapter, figure or table changed.

Refresh on purpose: ``python tests/golden/test_show_outline.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from show_fixture import measured, told

sys.path.pop(0)
from yipan.show.build import build_report
from yipan.show.material import Material
from yipan.show.model import FigureBlock, TableBlock

GOLDEN = Path(__file__).with_name("show_outline.txt")


def outline() -> str:
    """Return chapters, figures and tables with captions, panels and columns, in both languages."""
    region, results = measured()
    report = build_report(
        Material(
            region=region,
            results=results,
            plan=told(),
            timings={"load": 1.0, "search": 2.0},
            date="2026-01-01",
        )
    )
    lines = []
    for chapter in report.chapters:
        lines.append(f"# {chapter.title.zh} | {chapter.title.en}")
        for block in chapter.blocks:
            if isinstance(block, FigureBlock):
                lines.append(f"figure {block.number} {block.key}: {block.caption.zh} | {block.caption.en}")
                lines += [f"    {p.title.zh} | {p.title.en}" for p in block.panels]
            elif isinstance(block, TableBlock):
                lines.append(f"table {block.number} {block.key}: {block.caption.zh} | {block.caption.en}")
                heads = (f"{c.label.en} [{c.unit.en}]" if c.unit.en else c.label.en for c in block.columns)
                lines.append("    " + ", ".join(heads))
            else:
                lines.append(type(block).__name__.lower())
    return "\n".join(lines) + "\n"


def test_outline_is_as_reviewed() -> None:
    assert outline() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(outline(), encoding="utf-8")
