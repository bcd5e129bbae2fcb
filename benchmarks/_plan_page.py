"""Run the benchmarks of planning and write docs/planning.md, with a picture of the laws of its cost.

    python benchmarks/_plan_page.py [--from FOLDER]

With ``--from`` the lines of earlier runs (``plan_search.json``, ``siting.json`` …) and ``plan-laws.svg`` are
read instead of running them. `make planning` runs it; `make bench` does not.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from _engine_page import DOCS, HERE, run, table

from yipan.network.threads import workers

TOPICS = {
    "plan_search": "Search against enumeration, and against adding stand-alone scores",
    "siting": "Siting",
    "plan_lines": "A thousand candidate lines",
    "plan_large": "A search on 12,000 cells",
    "plan_scaling": "Cost against size",
    "plan_cluster": "On a cluster",
}
EACH = re.compile(r"pmed\d+ \(")
"""Rows of single instances, which the page leaves to the benchmark itself."""
PICTURE = "plan-laws.svg"


def page(found: dict[str, list[dict[str, object]]], *, picture: bool) -> str:
    """Return docs/planning.md."""
    rows = [row for topic in found.values() for row in topic]
    bars = sum(row.get("bar") is not None for row in rows)
    missed = sum(not row["ok"] for row in rows)
    out = [
        "# Planning, measured 规划实测",
        "",
        f"Written by `make planning` on {datetime.now(UTC):%Y-%m-%d}: {workers()} cores, Python"
        f" {platform.python_version()}. {bars} figures have a bar; {missed} missed it in this run. What is"
        " extrapolated says so in its name or note.",
        "",
        "A bar is a ratio to the peer where one is shown, else a limit in the unit of the value.",
        "",
    ]
    if picture:
        out += [f"![Cost of a search against cells, candidates and budget](images/{PICTURE})", ""]
    for topic, title in TOPICS.items():
        if found.get(topic):
            shown = [row for row in found[topic] if not EACH.match(str(row["name"]))]
            out += [f"## {title}", "", f"`python benchmarks/{topic}.py`", "", *table(shown), ""]
    return "\n".join(out)


def drawn(folder: Path | None) -> bool:
    """Put the picture of the laws into the docs; return whether there is one."""
    target = DOCS / "images" / PICTURE
    if folder is None:
        subprocess.run(
            [sys.executable, str(HERE / "plan_scaling.py"), "--plot", str(target)], check=False, text=True
        )
    elif (folder / PICTURE).is_file():
        target.write_text((folder / PICTURE).read_text(encoding="utf-8"), encoding="utf-8")
    return target.is_file()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="folder", type=Path, default=None)
    folder: Path | None = parser.parse_args().folder
    there = [t for t in TOPICS if folder is None or (folder / f"{t}.json").is_file()]
    found = {topic: run(topic, folder) for topic in there}
    (DOCS / "planning.md").write_text(page(found, picture=drawn(folder)), encoding="utf-8")
    print("wrote docs/planning.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
