"""Run the tests against other programs' numbers and write what they found to docs/oracles.md.

    python docs/oracles.py [--from JUNIT.xml]

`make oracles` runs it. Every such test records ``FILE|TOLERANCE|WORST`` as the property ``oracle``; with
``--from`` the report of an earlier run is read instead. Where the reference tables are not beside the
repository tests are skipped and the page that is there stays. A table of results that no test reads must have
a reason in tests/oracles.toml.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests" / "truth"
SHARED = HERE.parents[1] / "shared" / "oracles"
PAGE = HERE / "oracles.md"
WORDS = tomllib.loads((TESTS.parent / "oracles.toml").read_text(encoding="utf-8"))
"""Where the numbers come from and why some are not compared, written by hand."""
log = logging.getLogger("oracles")


@dataclass(frozen=True)
class Row:
    """One comparison: what the tests recorded under one name and tolerance."""

    file: str
    what: str
    tolerance: str
    worst: float
    met: bool

    @property
    def folder(self) -> str:
        """Folder of the numbers."""
        return self.file.split("/", maxsplit=1)[0]


@dataclass(frozen=True)
class Report:
    """What a run of the tests recorded: comparisons, and how many tests there were."""

    rows: tuple[Row, ...]
    tests: int
    skipped: int
    failed: int


def read(report: Path) -> Report:
    """Return what the tests recorded; comparisons of the same name are one, with the worst difference."""
    found: dict[tuple[str, str, str], Row] = {}
    tests = skipped = failed = 0
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314  pytest wrote it
        bad = case.find("failure") is not None or case.find("error") is not None
        tests += 1
        skipped += case.find("skipped") is not None
        failed += bad
        for value in (p.get("value", "") for p in case.iter("property") if p.get("name") == "oracle"):
            file, tolerance, worst = value.split("|")
            what = case.get("name", "").split("[")[0].removeprefix("test_").replace("_", " ")
            key = (file, what, tolerance)
            before = found.get(key, Row(*key, 0.0, True))
            found[key] = Row(*key, max(before.worst, float(worst)), before.met and not bad)
    return Report(tuple(found.values()), tests, skipped, failed)


def unread(rows: Sequence[Row]) -> list[str]:
    """Return the files of results that are here, that no test compared and that no reason is given for."""
    known = {row.file.split(" (")[0] for row in rows} | WORDS["not_held"].keys()
    return [
        name
        for folder in WORDS["sources"]
        for path in sorted((SHARED / folder).glob("*"))
        if (name := f"{folder}/{path.name}") not in known and not path.name.startswith(tuple(WORDS["inputs"]))
    ]


def _tolerance(text: str) -> str:
    try:
        return f"{float(text):g} relative"
    except ValueError:
        return text


def _section(folder: str, rows: Sequence[Row]) -> list[str]:
    source = WORDS["sources"][folder]
    out = [f"## {source['title']}", "", source["words"], ""]
    out += ["| Numbers | Compared | Tolerance | Worst difference | Met |", "|---|---|---|---|---|"]
    for row in sorted(rows, key=lambda r: r.file):
        name, _, case = row.file.removeprefix(f"{folder}/").partition(" (")
        shown = WORDS["files"].get(name, f"`{name}`")
        what = f"{row.what} ({case}" if case else row.what
        met = "yes" if row.met else "**no**"
        out.append(f"| {shown} | {what} | {_tolerance(row.tolerance)} | {row.worst:.2g} | {met} |")
    return [*out, ""]


INTRODUCTION = """\
# Against other programs' numbers 与其他程序的数值对照

What Yipan computes, held in its tests to numbers that others published or that other programs gave on the
same data. `make oracles` runs those tests and writes this page; no number here is typed in. The reference
tables are not part of the repository (their licences differ): where they are absent the tests are skipped,
and this page stays as it was made last.

Made on {day}: {comparisons} comparisons, {met} within their tolerance, by {tests} tests; {failed} failed,
none was skipped.

Relative differences are to the value compared with, absolute ones in its unit; “exact” allows none. What is
compared is the name of the test in `tests/truth` and, in brackets, the part of the file.
"""


def page(report: Report, *, day: str) -> str:
    """Return the page: one table for each source, then what is not compared and why."""
    rows = report.rows
    out = [
        INTRODUCTION.format(
            day=day,
            comparisons=len(rows),
            tests=report.tests,
            met="all" if all(row.met for row in rows) else sum(row.met for row in rows),
            failed=report.failed or "none",
        )
    ]
    for folder in WORDS["sources"]:
        of_folder = [row for row in rows if row.folder == folder]
        if of_folder:
            out += _section(folder, of_folder)
    out += ["## Compared in part or not at all, and why", ""]
    out += [f"- `{name}`: {why}" for name, why in WORDS["not_held"].items()]
    out += [f"- {line}" for line in WORDS["parts_not_held"]]
    return "\n".join([*out, ""])


def _run(report: Path) -> int:
    files = [*sorted(TESTS.glob("test_oracle_*.py")), TESTS / "test_agreement_r5.py"]
    files.append(TESTS / "test_sweep_streets.py")
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *map(str, files)]
    return subprocess.run(command, check=False, cwd=HERE.parent).returncode  # noqa: S603


def main() -> int:
    """Write the page; return 1 when a test failed or a file is neither compared nor explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="report", type=Path, help="the report of an earlier run (JUnit XML)")
    given = parser.parse_args().report
    with TemporaryDirectory() as folder:
        report = given or Path(folder) / "oracles.xml"
        if given is None:
            _run(report)
        found = read(report)
    if found.skipped or not found.rows:
        log.warning("%d of %d tests skipped: %s stays as it is", found.skipped, found.tests, PAGE.name)
        return 1 if found.failed else 0
    left = unread(found.rows)
    for name in left:
        log.error("%s is neither compared nor explained", name)
    PAGE.write_text(page(found, day=f"{datetime.now(UTC):%Y-%m-%d}"), encoding="utf-8")
    log.warning("%d comparisons in %s; %d tests failed", len(found.rows), PAGE.name, found.failed)
    return 1 if found.failed or left else 0


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    sys.exit(main())
