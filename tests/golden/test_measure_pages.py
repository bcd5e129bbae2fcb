"""The generated pages, against two that were read and found right."""

from __future__ import annotations

from pathlib import Path

import pytest

from yipan.measure import catalogue
from yipan.measure.pages import page, write_pages

GOLDEN = Path(__file__).parent / "measure_pages"


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("*.md")), ids=lambda p: p.stem)
def test_page(golden: Path) -> None:
    assert page(catalogue()[golden.stem]) == golden.read_text(encoding="utf-8")


def test_every_indicator_has_a_page_and_every_link_leads_to_one(tmp_path: Path) -> None:
    (tmp_path / "Z-OLD-01.md").write_text("gone", encoding="utf-8")
    written = write_pages(tmp_path)
    assert sorted(tmp_path.glob("*.md")) == sorted(written)
    assert {p.stem for p in written} == {*catalogue(), "index"}
    names = {p.name for p in written}
    for path in written:
        text = path.read_text(encoding="utf-8")
        links = {part.split(")")[0] for part in text.split("](")[1:]}
        assert {link for link in links if not link.startswith("http")} <= names
