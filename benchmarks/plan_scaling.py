"""What a search costs against cells, candidates and budget, with fitted laws.

    python benchmarks/plan_scaling.py [--plot PATH] [--json]

Searches of `plan_large.py` on smaller regions, one thing varied at a time; a law ``seconds = c · x^p`` is
fitted to each by least squares on logarithms. The sizes are small enough to run in a few minutes: what they
say of 12,000 cells is an extrapolation, and its row says so. With ``--plot`` the figure is written as SVG.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from plan_large import Row, searched

CELLS = (3000, 4500, 6750)
CANDIDATES = (15, 30, 60)
SHARES = (0.1, 0.2, 0.4)
AT = (3000, 30, 0.3)
WIDE, HIGH, LEFT, BOTTOM = 300, 240, 62, 64
POINTS, LAW, INK = "#0072B2", "#D55E00", "#333333"  # told apart whatever one's colour vision


@dataclass(frozen=True)
class Law:
    """Seconds against one thing: what it is in both languages, its values, seconds, c and p of the law."""

    name: str
    zh: str
    en: str
    x: tuple[float, ...]
    seconds: tuple[float, ...]
    factor: float
    power: float

    def at(self, x: float) -> float:
        return float(self.factor * x**self.power)


def law(name: str, zh: str, en: str, points: Sequence[tuple[float, float]]) -> Law:
    x, y = zip(*points, strict=True)
    power, level = np.polyfit(np.log(x), np.log(y), 1)
    return Law(name, zh, en, tuple(x), tuple(y), float(np.exp(level)), float(power))


def laws() -> list[Law]:
    cells, candidates, share = AT
    searched(cells, candidates, share)  # compiles
    by_cells = [(float(n), searched(n, candidates, share)[1]) for n in CELLS]
    by_count = [(float(k), searched(cells, k, share)[1]) for k in CANDIDATES]
    by_money = [(100 * s, searched(cells, candidates, s)[1]) for s in SHARES]
    return [
        law("cells", "单元格数", "cells", by_cells),
        law("candidates", "候选项目数", "candidate projects", by_count),
        law("budget", "预算占全部候选造价(%)", "budget, % of the cost of all candidates", by_money),
    ]


def _panel(one: Law, number: int) -> str:
    left = number * WIDE + LEFT
    wide, high = WIDE - LEFT - 18, HIGH - BOTTOM - 34
    span = [np.log10(v) for v in (min(one.x) / 1.25, max(one.x) * 1.25)]
    seconds = [*one.seconds, one.at(min(one.x)), one.at(max(one.x))]
    tall = [np.log10(v) for v in (min(seconds) / 1.5, max(seconds) * 1.5)]

    def at(x: float, y: float) -> tuple[float, float]:
        across = (np.log10(x) - span[0]) / (span[1] - span[0])
        up = (np.log10(y) - tall[0]) / (tall[1] - tall[0])
        return float(left + across * wide), float(34 + (1 - up) * high)

    a, b = at(min(one.x), one.at(min(one.x))), at(max(one.x), one.at(max(one.x)))
    out = [
        f'<rect x="{left}" y="34" width="{wide}" height="{high}" fill="none" stroke="{INK}"/>',
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{LAW}"'
        ' stroke-width="2" stroke-dasharray="6 3"/>',
        *(
            f'<text x="{left + wide / 2}" y="{y}" text-anchor="middle">{words}</text>'
            for y, words in (
                (24, f"t = {one.factor:.2g} · x^{one.power:.2f}"),
                (HIGH - 28, one.zh),
                (HIGH - 13, one.en),
            )
        ),
    ]
    for x, y in zip(one.x, one.seconds, strict=True):
        u, v = at(x, y)
        out += [
            f'<circle cx="{u:.1f}" cy="{v:.1f}" r="4" fill="{POINTS}"/>',
            f'<text x="{u:.1f}" y="{34 + high + 14}" text-anchor="middle">{x:g}</text>',
            f'<text x="{left - 6}" y="{v + 4:.1f}" text-anchor="end">{y:.1f}</text>',
        ]
    return "\n".join(out)


def plot(found: Sequence[Law]) -> str:
    """Return the laws as one SVG: points measured, dashed lines fitted, both axes logarithmic."""
    wide = WIDE * len(found)
    title = (
        "搜索耗时(秒,双对数坐标;点为实测,虚线为拟合)"
        " · search, seconds (log-log; points measured, dashed fitted)"
    )
    panels = "\n".join(_panel(one, k) for k, one in enumerate(found))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {HIGH + 18}" role="img"'
        f' font-family="sans-serif" font-size="11" fill="{INK}">\n<title>{title}</title>\n'
        f'<rect width="{wide}" height="{HIGH + 18}" fill="#ffffff"/>\n{panels}\n'
        f'<text x="{wide / 2}" y="{HIGH + 10}" text-anchor="middle">{title}</text>\n</svg>\n'
    )


def rows(found: Sequence[Law]) -> Iterable[Row]:
    for one in found:
        for x, y in zip(one.x, one.seconds, strict=True):
            yield Row(f"search, {one.name} {x:g}", y, "s", None, None, ok=True)
        yield Row(f"  seconds ∝ {one.name} to the power", one.power, "", None, None, ok=True)
    yield Row("12,000 cells, extrapolated", found[0].at(12_000), "s", None, None, ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = laws()
    if given.plot is not None:
        given.plot.write_text(plot(found), encoding="utf-8")
    for row in rows(found):
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            print(f"{row.name:<52}{row.value:>12.3f} {row.unit}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
