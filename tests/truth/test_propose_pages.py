"""Pages of interventions and unit costs: complete, and their examples work."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from yipan.measure import load_packs
from yipan.plan.pages import (
    EFFECTS,
    EXAMPLES,
    cost_page,
    index_page,
    intervention_page,
    write_cost_page,
    write_intervention_pages,
)
from yipan.region import example
from yipan.scenario import INTERVENTIONS, intervention_from_dict
from yipan.scenario.keys import KEYS


def test_every_type_has_words_and_one_example() -> None:
    assert set(EFFECTS) == set(INTERVENTIONS)
    assert sorted(i.type for i in EXAMPLES) == sorted(INTERVENTIONS)


@pytest.mark.parametrize("name", sorted(INTERVENTIONS))
def test_a_page_shows_every_key_and_an_example_that_fits_tiny(name: str) -> None:
    page = intervention_page(name)
    for f in fields(INTERVENTIONS[name]):
        assert f"| `{f.name}` |" in page
    text = page.split("```toml\n")[1].split("```")[0]
    (row,) = tomllib.loads(text)["interventions"]
    intervention = intervention_from_dict(row)
    assert intervention.resolve(example("tiny")) == []
    assert intervention.apply(example("tiny")).id != example("tiny").id  # it does change something


def test_the_index_shows_every_key_of_a_project() -> None:
    page = index_page()
    assert all(f"| `{k.name}` |" in page for k in KEYS)
    assert all(f"[{name}]({name}.md)" in page for name in INTERVENTIONS)


def test_the_cost_page_shows_every_unit_cost_with_its_number() -> None:
    lines = cost_page(load_packs()).splitlines()
    for c in [c for p in load_packs() for c in p.costs]:
        (line,) = [x for x in lines if x.startswith(f"| `{c.id}` |")]
        assert float(line.split("|")[4].split()[0]) == c.capital
        assert c.note.zh in line
        assert c.note.en in line


def test_old_pages_go_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "Gone.md").write_text("old", encoding="utf-8")
    (tmp_path / "picture.svg").write_text("<svg/>", encoding="utf-8")
    written = write_intervention_pages(tmp_path)
    assert {p.name for p in written} == {f"{n}.md" for n in INTERVENTIONS} | {"index.md"}
    assert not (tmp_path / "Gone.md").exists()
    assert (tmp_path / "picture.svg").exists()
    assert write_cost_page(tmp_path / "costs.md").read_text(encoding="utf-8") == cost_page(load_packs())
