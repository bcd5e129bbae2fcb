"""Diagnostics of indicators against scipy and worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from yipan.cli_diagnose import diagnose_command
from yipan.errors import MeasureError
from yipan.measure.diagnose import diagnose
from yipan.region import example
from yipan.region.write import write_region

RNG = np.random.default_rng(5)
BASE = RNG.normal(size=40)
DATA = pd.DataFrame(
    {
        "a": BASE,
        "twin": 3 * BASE + 0.01 * RNG.normal(size=40),
        "foe": -BASE + 0.6 * RNG.normal(size=40),
        "free": RNG.normal(size=40),
        "cost": BASE + 0.8 * RNG.normal(size=40),
    },
    index=[f"z{k}" for k in range(40)],
)
GROUPS = dict.fromkeys(DATA, "g")


@pytest.mark.parametrize("rank", [True, False])
def test_correlations_are_those_of_scipy(rank: bool) -> None:
    found = diagnose(DATA, groups=GROUPS, directions={"cost": -1}, rank=rank)
    other = stats.spearmanr if rank else stats.pearsonr
    for x, y in [("a", "foe"), ("a", "free"), ("twin", "foe")]:
        assert found.correlations.loc[x, y] == pytest.approx(other(DATA[x], DATA[y]).statistic, abs=1e-12)
    assert found.correlations.loc["a", "cost"] == pytest.approx(-other(DATA["a"], DATA["cost"]).statistic)


def test_pairs_that_say_the_same_or_the_opposite() -> None:
    found = diagnose(DATA, groups=GROUPS)
    told = {(r["first"], r["second"]): r["kind"] for r in found.pairs.to_dict("records")}
    assert told[("a", "twin")] == "same"
    assert told[("a", "foe")] == "against"
    assert not any("free" in pair for pair in told)
    apart = diagnose(DATA, groups=GROUPS | {"foe": "h"})
    assert ("a", "foe") not in {(r["first"], r["second"]) for r in apart.pairs.to_dict("records")}


def test_p_is_that_of_scipy_corrected_over_all_pairs() -> None:
    found = diagnose(DATA, groups=GROUPS, rank=False)
    names = list(DATA)
    raw = {
        (x, y): stats.pearsonr(DATA[x], DATA[y]).pvalue for k, x in enumerate(names) for y in names[k + 1 :]
    }
    order = sorted(raw, key=lambda k: raw[k])
    corrected, least = {}, 1.0
    for place in range(len(order), 0, -1):  # by hand: the largest p keeps itself, others the least so far
        least = min(least, raw[order[place - 1]] * len(order) / place)
        corrected[order[place - 1]] = least
    for r in found.pairs.to_dict("records"):
        assert r["p"] == pytest.approx(corrected[(r["first"], r["second"])], rel=1e-6, abs=1e-15)


def test_alpha_by_its_other_formula() -> None:
    names = ["a", "twin", "cost"]
    found = diagnose(DATA[names], groups=dict.fromkeys(names, "g"), rank=False)
    z = (DATA[names] - DATA[names].mean()) / DATA[names].std(ddof=1)
    k = len(names)
    alpha = k / (k - 1) * (1 - z.var(ddof=1).sum() / z.sum(axis=1).var(ddof=1))
    assert found.groups.loc["g", "alpha"] == pytest.approx(alpha, rel=1e-12)
    assert found.groups.loc["g", "first_component"] == pytest.approx(
        np.linalg.eigvalsh(DATA[names].corr().to_numpy())[-1] / k
    )


def test_outliers_by_hand() -> None:
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0, 5.0, 17.0]}, index=list("abcdef"))
    found = diagnose(data, groups={})  # quartiles 2.25 and 4.75: 17 is 12.25 beyond, 4.9 ranges of 2.5
    assert found.outliers.to_dict("records") == [
        {"indicator": "x", "zone": "f", "value": 17.0, "ranges": 4.9}
    ]
    assert found.table.loc["x", "skew"] == pytest.approx(stats.skew(data["x"], bias=False))
    assert found.table.loc["x", "kurtosis"] == pytest.approx(stats.kurtosis(data["x"], bias=False))


def test_what_cannot_be_told_is_said() -> None:
    data = pd.DataFrame({"same": [3.0] * 6, "few": [1.0, 2.0] + [np.nan] * 4, "x": range(6)})
    found = diagnose(data, groups=dict.fromkeys(data, "g"))
    assert {p.column for p in found.problems} == {"same", "few"}
    assert np.isnan(found.correlations.loc["same", "x"])
    assert found.groups.empty
    with pytest.raises(MeasureError, match="no zones"):
        diagnose(pd.DataFrame(), groups={})
    with pytest.raises(MeasureError, match="not numbers"):
        diagnose(pd.DataFrame({"x": ["a", "b"]}), groups={})


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_region(example("tiny"), tmp_path / "tiny")
    diagnose_command.main(
        [str(tmp_path / "tiny"), "--json", "--out", str(tmp_path / "o")], standalone_mode=False
    )
    data = json.loads(capsys.readouterr().out)
    assert set(data) == {"indicators", "outliers", "correlations", "pairs", "groups", "problems"}
    assert (tmp_path / "o" / "indicators.csv").exists()
    for lang in ("zh", "en"):
        diagnose_command.main([str(tmp_path / "tiny"), "--lang", lang], standalone_mode=False)
        assert "N-LIV-02" in capsys.readouterr().out


@pytest.mark.parametrize("n", [4, 5, 6, 7])
@pytest.mark.parametrize("rank", [True, False])
def test_indicators_that_cancel_out_have_no_alpha(n: int, rank: bool) -> None:
    up = np.arange(n) * 1.0
    found = diagnose(pd.DataFrame({"a": up, "b": -up}), groups={"a": "x", "b": "x"}, rank=rank)
    assert np.isnan(found.groups.loc["x", "alpha"])
    assert found.groups.loc["x", "mean_r"] == pytest.approx(-1.0)


def test_two_indicators_of_one_name_are_refused() -> None:
    with pytest.raises(MeasureError, match="two columns have this name"):
        diagnose(pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "a"]), groups={})
