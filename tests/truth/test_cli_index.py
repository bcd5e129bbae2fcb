"""``yipan index``: the default recipe recomputed by hand, templates, opened zones, JSON, tables, refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from yipan.cli import cli, main
from yipan.measure import measure
from yipan.measure.recipe import read_recipe
from yipan.measure.values import NEEDS
from yipan.region import example
from yipan.region.read import read_region
from yipan.region.write import write_region


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("index") / "tiny"
    write_region(example("tiny"), out)
    return out


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(w) for w in words], catch_exceptions=False)


def data(*words: object) -> dict[str, dict[str, dict[str, float]]]:
    out: dict[str, dict[str, dict[str, float]]] = json.loads(run("index", *words, "--json").stdout)
    return out


def by_hand(folder: Path) -> dict[str, dict[str, float]]:
    """Score between goalposts on 1–100, take means over the needs and the geometric mean of those."""
    results = measure(read_region(folder))
    out: dict[str, dict[str, float]] = {}
    for zone in results.values.index:
        means: dict[str, float] = {}
        for need in NEEDS:
            scores = []
            for code, i in results.indicators.items():
                if i.need != need or code not in results.scores or results.values[code].isna().all():
                    continue
                x = results.values.at[zone, code]
                share = min(max((x - i.low) / (i.high - i.low), 0.0), 1.0)
                scores.append(1 + 99 * (share if int(i.direction) > 0 else 1 - share))
            known = [s for s in scores if not np.isnan(s)]
            if known:
                means[need] = sum(known) / len(known)
        out[str(zone)] = {**means, "index": float(np.prod(list(means.values()))) ** (1 / len(means))}
    return out


def test_scores_of_the_default_recipe_by_hand(folder: Path) -> None:
    found, wanted = data(folder)["scores"], by_hand(folder)
    assert set(found) == set(wanted)
    for zone, row in wanted.items():
        assert found[zone] == pytest.approx(row, rel=1e-12), zone
    values = [row["index"] for row in wanted.values()]
    places = data(folder)["ranks"]
    for zone, row in wanted.items():
        assert places[zone]["index"] == 1 + sum(v > row["index"] * (1 + 1e-12) for v in values)


def test_a_template_read_back_gives_the_same_scores(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert str(file) in run("index", folder, "--template", file).stdout.replace("\n", "")
    assert [n.id for n in read_recipe(file).root.parts] == list(NEEDS)
    assert data(folder, "--recipe", file) == data(folder)


def test_index_toml_of_the_folder_is_taken(tmp_path: Path) -> None:
    """Two indicators by hand: the smallest gets 0, the largest 1, and their means are the index."""
    write_region(example("tiny"), tmp_path / "tiny")
    (tmp_path / "tiny" / "index.toml").write_text(
        'normalise = {method = "minmax", low = 0.0, high = 1.0}\ngroup = [{id = "mine", weights = "given"}]\n'
        'indicator = [{id = "Y-ECO-02", in = "mine", weight = 3.0}, '
        '{id = "Y-LIV-01", in = "mine", direction = -1}]\n',
        encoding="utf-8",
    )
    values = measure(read_region(tmp_path / "tiny")).values[["Y-ECO-02", "Y-LIV-01"]]
    share = (values - values.min()) / (values.max() - values.min())
    wanted = 0.75 * share["Y-ECO-02"] + 0.25 * (1 - share["Y-LIV-01"])
    found = data(tmp_path / "tiny")["scores"]
    assert {z: row["mine"] for z, row in found.items()} == pytest.approx(wanted.to_dict(), rel=1e-12)


def test_a_zone_opened_down_to_the_facts(folder: Path) -> None:
    results = measure(read_region(folder))
    found = data(folder, "--open", "B")
    assert set(data(folder)) == {"scores", "ranks", "weights", "screened_out", "problems"}
    facts = found["facts"]
    for code, row in facts.items():
        assert row["raw"] == pytest.approx(results.values.at["B", code], rel=1e-12, nan_ok=True)
        assert row["group"] == results.indicators[code].need
    economy = [row["score"] for row in facts.values() if row["group"] == "economy"]
    assert found["scores"]["B"]["economy"] == pytest.approx(sum(economy) / len(economy), rel=1e-12)
    assert sum(row["effective"] for row in facts.values()) == pytest.approx(1.0)
    shown = run("index", folder, "--open", "B", "--lang", "en").stdout
    assert "Eastbank" in shown
    assert "Y-ECO-02" in shown
    assert "economy" not in shown  # groups by their names
    in_chinese = run("index", folder, "--open", "B", "--lang", "zh").stdout
    assert "有效权重" in in_chinese
    assert "measured" not in in_chinese


def test_tables_of_every_step(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "steps"
    run("index", folder, "--out", out)
    names = ("raw", "screened", "imputed", "treated", "normalised", "scores", "weights", "report")
    assert sorted(p.stem for p in out.iterdir()) == sorted(names)
    tables = {}
    for name in names:
        with (out / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    for name in names[:6]:
        assert [row["zone"] for row in tables[name]] == ["A", "B", "C"], name
    found = data(folder)["scores"]
    for row in tables["scores"]:
        assert float(row["index"]) == found[row["zone"]]["index"]
    assert next(iter(tables["weights"][0])) == "group"
    assert next(iter(tables["report"][0])) == "indicator"


def test_zones_screened_out_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_region(example("tiny"), tmp_path / "tiny")
    file = tmp_path / "tiny" / "statistics.csv"
    rows = file.read_text(encoding="utf-8-sig").splitlines()
    left = [row for row in rows if not row.startswith("C,area,")]
    assert len(left) < len(rows)
    file.write_text("\n".join(left) + "\n", encoding="utf-8")
    (tmp_path / "tiny" / "index.toml").write_text(
        'screen = {least = 0.9, of = "measured"}\nnormalise = {method = "minmax"}\ngroup = [{id = "mine"}]\n'
        'indicator = [{id = "Y-ECO-03", in = "mine"}, {id = "Y-LIV-01", in = "mine", direction = -1}]\n',
        encoding="utf-8",
    )
    found = data(tmp_path / "tiny")
    assert set(found["scores"]) == {"A", "B"}
    assert found["screened_out"] == ["C"]
    assert (
        "Left out, too little is known: Hill Gate" in run("index", tmp_path / "tiny", "--lang", "en").stdout
    )
    assert "screened out" in refused(capsys, "index", tmp_path / "tiny", "--open", "C", "--lang", "en")


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    with pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    assert ended.value.code == 1
    out = capsys.readouterr()
    assert "Traceback" not in out.out + out.err
    return out.out + out.err


def test_a_zone_that_does_not_exist(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, "index", folder, "--open", "nowhere", "--lang", "en")
    assert "there is no zone nowhere" in told
    assert "A, B, C" in told


def test_what_is_wrong_in_a_recipe_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.toml"
    rows = 'indicator = [{id = "Y-ECO-02", in = "mine", weight = -1.0}]\n'
    file.write_text('group = [{id = "mine", agregate = "geometric"}]\n' + rows, encoding="utf-8")
    assert "agregate" in refused(capsys, "index", folder, "--recipe", file, "--lang", "en")
    file.write_text('normalise = {method = "minmacs"}\ngroup = [{id = "mine"}]\n' + rows, encoding="utf-8")
    told = refused(capsys, "index", folder, "--recipe", file, "--lang", "en")
    assert "minmacs" in told
    assert "weight" in told
    file.write_text(
        'group = [{id = "mine"}]\nindicator = [{id = "Y-NO-01", in = "mine"}]\n', encoding="utf-8"
    )
    assert "Y-NO-01" in refused(capsys, "index", folder, "--recipe", file, "--lang", "en")
    file.write_text("group = [", encoding="utf-8")
    assert "wrong.toml" in refused(capsys, "index", folder, "--recipe", file, "--lang", "en")
    assert "gone.toml" in refused(capsys, "index", folder, "--recipe", tmp_path / "gone.toml", "--lang", "en")
