"""The page of comparisons, from a report of tests written here."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))
import oracles

sys.path.pop(0)

REPORT = """<testsuites><testsuite>
<testcase name="test_rows_as_printed[a]"><properties>
  <property name="oracle" value="ccd/rows.csv|1e-07 absolute|4e-08"/></properties></testcase>
<testcase name="test_rows_as_printed[b]"><properties>
  <property name="oracle" value="ccd/rows.csv|1e-07 absolute|5e-08"/></properties></testcase>
<testcase name="test_every_mean"><properties>
  <property name="oracle" value="coinr_asem/means.csv (p = 2)|1e-12|0.5"/></properties><failure/></testcase>
<testcase name="test_something_else"><skipped/></testcase>
</testsuite></testsuites>"""


def test_the_worst_of_each_comparison_is_shown(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT, encoding="utf-8")
    report = oracles.read(tmp_path / "junit.xml")
    assert (report.tests, report.skipped, report.failed) == (4, 1, 1)
    text = oracles.page(report, day="2026-01-31")
    assert "| `rows.csv` | rows as printed | 1e-07 absolute | 5e-08 | yes |" in text
    assert "| `means.csv` | every mean (p = 2) | 1e-12 relative | 0.5 | **no** |" in text
    assert "Made on 2026-01-31: 2 comparisons, 1 within their tolerance, by 4 tests; 1 failed" in text


def test_every_oracle_test_records_what_it_compares() -> None:
    """Written as FILE|TOLERANCE|WORST, and of a folder whose source is told."""
    for file in sorted(Path(__file__).parent.glob("test_oracle_*.py")):
        written = re.findall(r'f?"([a-z_0-9]+)/[^"|]*\|([^"|]*)\|([^"|]*)"', file.read_text(encoding="utf-8"))
        assert written, file.name
        assert {folder for folder, _, _ in written} <= set(oracles.WORDS["sources"]), file.name


def test_a_table_without_comparison_needs_a_reason() -> None:
    for folder in {name.split("/")[0] for name in oracles.WORDS["not_held"]}:
        assert folder in oracles.WORDS["sources"]
    assert all(len(why) > 8 for why in oracles.WORDS["not_held"].values())
