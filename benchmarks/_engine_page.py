"""Run the benchmarks of the engine and write docs/engine.md, with a picture of the laws of cost.

    python benchmarks/_engine_page.py [--from FOLDER]

With ``--from`` the lines of earlier runs (``streets.json``, ``transit.json`` …) are read instead of running
them. `make engine` runs it; `make bench` does not.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from yipan.network.threads import workers

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
TOPICS = {
    "streets": "Streets",
    "transit": "Timetables",
    "what_if": "What-ifs",
    "matrix": "Matrices and accessibility",
    "feeds": "Reading feeds",
    "index": "Indices",
    "uncertainty": "Uncertainty of an index",
}
INK, MUTED, GRID = "#10242c", "#51636b", "#e1e6e8"


@dataclass(frozen=True)
class Law:
    """Measured cost against a size, and the power law through it."""

    title: str
    x: str
    y: str
    points: tuple[tuple[float, float], ...]
    colour: str

    @property
    def fit(self) -> tuple[float, float]:
        """Power and factor of ``y = factor · x^power``."""
        power, level = np.polyfit(*np.log(np.array(self.points)).T, 1)
        return float(power), float(np.exp(level))


def run(topic: str, folder: Path | None) -> list[dict[str, object]]:
    """Return the rows a benchmark printed."""
    if folder is not None:
        text = (folder / f"{topic}.json").read_text(encoding="utf-8")
    else:
        done = subprocess.run(
            [sys.executable, str(HERE / f"{topic}.py"), "--json"], capture_output=True, text=True, check=False
        )
        text = done.stdout
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def laws(found: dict[str, list[dict[str, object]]]) -> list[Law]:
    """Return the laws whose points the benchmarks printed."""
    wanted = (
        (
            "streets",
            r"^one to all, ([\d,]+) points$",
            "One street search",
            "points of the streets",
            "#0072b2",
        ),
        ("transit", r"([\d,]+) served stops, per origin", "60 departures", "served stops", "#b85c00"),
        ("what_if", r"^scale, ([\d,]+) cells: changed", "New line: every time", "cells", "#00795a"),
        ("what_if", r"^scale, ([\d,]+) cells: access", "New line: access only", "cells", "#a83f7b"),
    )
    out = []
    for topic, pattern, title, x, colour in wanted:
        points = []
        for row in found.get(topic, []):
            hit = re.search(pattern, str(row["name"]))
            if hit and isinstance(row["value"], (int, float)):
                points.append((float(hit[1].replace(",", "")), float(row["value"])))
        if len(points) > 1:
            out.append(Law(title, x, "ms", tuple(points), colour))
    return out


def small(x: float, y: float, words: str, *, anchor: str = "middle") -> str:
    """Return a small label."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="{anchor}" fill="{MUTED}">{words}</text>'
    )


def panel(law: Law, left: float) -> str:
    """Return one log-log picture."""
    width, height, pad = 250.0, 190.0, 46.0
    xs, ys = (np.array(v) for v in zip(*law.points, strict=True))
    x0, x1 = np.log10(xs.min()) - 0.15, np.log10(xs.max()) + 0.15
    y0, y1 = np.floor(np.log10(ys.min()) - 0.1), np.ceil(np.log10(ys.max()) + 0.1)

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            left + pad + (np.log10(x) - x0) / (x1 - x0) * (width - pad - 8),
            44 + (y1 - np.log10(y)) / (y1 - y0) * (height - 44 - 34),
        )

    parts = [f'<text x="{left + 8}" y="20" font-weight="700" fill="{INK}">{law.title}</text>']
    power, factor = law.fit
    words = f"{law.y} = {factor:.2g} · {law.x.split()[-1]}^{power:.2f}"
    parts.append(f'<text x="{left + 8}" y="36" font-size="11" fill="{MUTED}">{words}</text>')
    for e in range(int(y0), int(y1) + 1):
        (a, b), (c, _) = at(10**x0, 10.0**e), at(10**x1, 10.0**e)
        parts.append(f'<path d="M{a:.1f} {b:.1f}H{c:.1f}" stroke="{GRID}"/>')
        parts.append(small(a - 5, b + 4, f"{10.0**e:g}", anchor="end"))
    (a, b), (c, d) = at(xs.min(), factor * xs.min() ** power), at(xs.max(), factor * xs.max() ** power)
    parts.append(f'<path d="M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" stroke="{law.colour}" stroke-width="1.5"/>')
    for x, y in law.points:
        a, b = at(x, y)
        parts.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{law.colour}"/>')
    for x in (xs.min(), xs.max()):
        a, _ = at(x, ys.min())
        parts.append(small(a, height - 18, f"{x:,.0f}"))
    parts.append(small(left + pad + (width - pad) / 2, height - 4, law.x))
    return "\n".join(parts)


def picture(found: list[Law]) -> str:
    """Return the laws side by side as SVG."""
    width = 260 * len(found)
    body = "\n".join(panel(law, 260.0 * i) for i, law in enumerate(found))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 200" width="{width}" height="200"'
        f' font-family="Noto Sans, Arial, sans-serif" font-size="13" fill="none">\n'
        f'<rect width="{width}" height="200" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def table(rows: list[dict[str, object]]) -> list[str]:
    """Return rows as a Markdown table."""
    out = ["| what | value | bar | against the peer | |", "|---|---|---|---|---|"]
    for row in rows:
        value, bar, ratio = (row.get(k) for k in ("value", "bar", "ratio"))
        note = str(row.get("note", "") or "").replace("|", "/")
        shown = "–" if value is None else f"{value:,.4g} {row['unit']}"
        wanted = "" if bar is None else f"{bar:g}"
        peer = "" if ratio is None else f"{ratio:,.0f} ×"
        out.append(
            f"| {row['name']} | {shown} | {wanted} | {peer} | {'' if row['ok'] else '**missed** '}{note} |"
        )
    return out


def cost_model(found: dict[str, list[dict[str, object]]]) -> list[str]:
    """Return what a region of other size will cost, from the figures measured."""
    value = {str(r["name"]): r["value"] for rows in found.values() for r in rows}
    pairs = value.get("many to many, 5,000²")
    stops = [law for law in laws(found) if law.x == "served stops"]
    if not isinstance(pairs, (int, float)) or not stops:
        return []
    power, factor = stops[0].fit
    return [
        "## What a region costs",
        "",
        f"On {workers()} cores, once streets and feeds are read:",
        "",
        f"- along streets: pairs of cells / {pairs:,.0f} million, in seconds;",
        f"- by timetable, 60 departures: {factor:.2g} ms · stops^{power:.2f} for each origin (served stops;"
        " a thousand destinations);",
        "- a matrix: 2 bytes a pair and percentile, on disk or in memory; memory while computing does not"
        " grow with it;",
        "- on a cluster: the same divided by its cores; every worker holds streets and timetable once and"
        " sends 2 bytes a pair.",
        "",
    ]


def page(found: dict[str, list[dict[str, object]]]) -> str:
    """Return docs/engine.md."""
    missed = sum(not row["ok"] for rows in found.values() for row in rows)
    bars = sum(row.get("bar") is not None for rows in found.values() for row in rows)
    out = [
        "# The engine, measured 引擎实测",
        "",
        f"Written by `make engine` on {datetime.now(UTC):%Y-%m-%d}: {workers()} cores, Python"
        f" {platform.python_version()}. {bars} figures have a bar; {missed} missed it in this run. Peers run"
        " in the same process on the same input. Times of compiled code exclude compiling, which happens"
        " once per machine.",
        "",
        "![Cost against size, and the fitted laws](images/engine-laws.svg)",
        "",
        "A bar is a ratio to the peer where one is shown, else a limit in the unit of the value.",
        "",
    ]
    out += cost_model(found)
    for topic, title in TOPICS.items():
        if found.get(topic):
            out += [f"## {title}", "", f"`python benchmarks/{topic}.py`", "", *table(found[topic]), ""]
    return "\n".join(out)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="folder", type=Path, default=None)
    given = parser.parse_args()
    found = {topic: run(topic, given.folder) for topic in TOPICS}
    drawn = laws(found)
    if not drawn:
        print("nothing to write: ../shared/realdata and the extra `bench` are needed")
        return 0
    (DOCS / "images" / "engine-laws.svg").write_text(picture(drawn), encoding="utf-8")
    (DOCS / "engine.md").write_text(page(found), encoding="utf-8")
    print("wrote docs/engine.md and docs/images/engine-laws.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
