"""The index recipe against COINr on its own example: ASEM, 51 countries, 49 indicators, three levels."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.errors import MeasureError
from yipan.measure.recipe import (
    Built,
    Impute,
    Leaf,
    Node,
    Normalise,
    Recipe,
    Screen,
    Treat,
    ranks,
    results,
    run,
    skew_kurtosis,
)
from yipan.measure.recipe.treat import treat as treat_columns

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "coinr_asem"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the COINr ASEM tables are not beside the repository"
)
TOLERANCE = 1e-12
Record = Callable[[str, object], None]


@functools.cache
def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", index_col=0).sort_index()


@functools.cache
def meta() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "in_iMeta.csv", keep_default_na=False)
    return table.set_index("iCode", drop=False)


@functools.cache
def data() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "in_iData.csv")
    return table.set_index("uCode").sort_index()


def tree(*, code: str = "Index", **node: object) -> Node:
    """Build the hierarchy from iMeta; `node` is given to every group."""
    parts: list[Node | Leaf] = []
    for row in meta()[meta()["Parent"] == code].itertuples():
        weight = float(row.Weight)
        if row.Type == "Indicator":
            parts.append(
                Leaf(
                    id=row.iCode,
                    weight=weight,
                    direction=int(row.Direction),
                    denominator=row.Denominator,
                    target=float(row.Target),
                )
            )
        else:
            parts.append(replace(tree(code=row.iCode, **node), weight=weight))
    return Node(id=code, parts=tuple(parts), **node)  # type: ignore[arg-type]


def recipe(**node: object) -> Recipe:
    return Recipe(
        root=tree(**node),
        impute=(Impute(method="group_mean", by="EurAsia_group"),),
        screen=Screen(least=0.9, of="imputed"),
        treat=Treat(),
        normalise=Normalise(),
    )


def given(recipe: Recipe, **leaf: object) -> Recipe:
    """Return the recipe with every leaf changed."""

    def walk(node: Node) -> Node:
        return replace(
            node, parts=tuple(walk(p) if isinstance(p, Node) else replace(p, **leaf) for p in node.parts)
        )

    return replace(recipe, root=walk(recipe.root))


@functools.cache
def built() -> Built:
    return run(recipe(), data())


@functools.cache
def bare() -> Recipe:
    """Only normalise and aggregate: the data are taken as treated."""
    return given(Recipe(root=tree()), denominator="")


def compare(record: Record, name: str, mine: pd.DataFrame, *, tolerance: float = TOLERANCE) -> None:
    """Hold a whole table against COINr's, and record the worst relative difference."""
    theirs = read(name)
    mine = mine.sort_index()[theirs.columns]
    assert mine.index.tolist() == theirs.index.tolist()
    a, b = mine.to_numpy(dtype=float), theirs.to_numpy(dtype=float)
    assert (np.isnan(a) == np.isnan(b)).all()
    worst = apart(a, b)
    record("oracle", f"coinr_asem/{name}.csv|{tolerance:g}|{worst:.3g}")
    assert worst <= tolerance


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """Worst difference relative to the value; where both are missing there is none."""
    there = ~np.isnan(b)
    gap, size = np.abs(a - b)[there], np.abs(b)[there]
    relative = np.where(gap == 0, 0.0, np.inf)
    return float(np.divide(gap, size, out=relative, where=size > 0).max(initial=0.0))


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("pipe_Raw", "raw"),
        ("pipe_Denominated", "denominated"),
        ("pipe_Imputed", "imputed"),
        ("pipe_Screened", "imputed"),
        ("pipe_Treated", "treated"),
        ("pipe_Normalised", "normalised"),
    ],
)
def test_every_table_of_the_pipeline(name: str, table: str, record_property: Record) -> None:
    compare(record_property, name, getattr(built(), table))


def test_aggregated_scores(record_property: Record) -> None:
    compare(record_property, "pipe_Aggregated", built().normalised.join(built().scores))


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("impute_i_mean", Impute(method="mean")),
        ("impute_i_median", Impute(method="median")),
        ("impute_i_median_grp_GDP", Impute(method="group_median", by="GDP_group")),
    ],
)
def test_ways_to_impute(name: str, step: Impute, record_property: Record) -> None:
    compare(record_property, name, run(replace(recipe(), impute=(step,)), data()).imputed)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("norm_n_minmax_0_100", Normalise()),
        ("norm_n_minmax_1_100", Normalise(low=1.0)),
        ("norm_n_zscore_0_1", Normalise(method="z")),
        ("norm_n_zscore_10_2", Normalise(method="z", mean=10.0, sd=2.0)),
    ],
)
def test_ways_to_normalise(name: str, rule: Normalise, record_property: Record) -> None:
    compare(record_property, name, run(replace(bare(), normalise=rule), read("pipe_Treated")).normalised)


def test_distance_to_the_maximum(record_property: Record) -> None:
    """COINr takes 1 - (max - x)/range, which loses digits near 0: held to the scale, which is 1 long."""
    rule = Normalise(method="maximum", high=1.0)
    mine = run(replace(bare(), normalise=rule), read("pipe_Treated")).normalised
    worst = (mine - read("norm_n_dist2max")[mine.columns]).abs().max(axis=None)
    record_property("oracle", f"coinr_asem/norm_n_dist2max.csv|{TOLERANCE:g} of the scale|{worst:.3g}")
    assert worst <= TOLERANCE


@pytest.mark.parametrize(
    ("name", "rule", "step"),
    [
        ("norm_n_rank", Normalise(method="rank"), 1.0),
        ("norm_n_borda", Normalise(method="borda"), 1.0),
        ("norm_n_prank", Normalise(method="percentile", high=1.0), 1.0 / 50),
    ],
)
def test_ways_to_rank(name: str, rule: Normalise, step: float, record_property: Record) -> None:
    """Exact but for TolMin, where a tie is broken below the digits that were written: one place there."""
    mine = run(replace(bare(), normalise=rule), read("pipe_Treated")).normalised
    theirs = read(name)
    others = [c for c in theirs if c != "TolMin"]
    worst = apart(mine[others].to_numpy(), theirs[others].to_numpy(dtype=float))
    record_property("oracle", f"coinr_asem/{name}.csv|1e-15|{worst:.3g}")
    assert worst <= 1e-15
    assert (mine["TolMin"] - theirs["TolMin"]).abs().max() <= step * (1 + 1e-9)


def test_scaling_between_fixed_ends(record_property: Record) -> None:
    """COINr negates values of direction -1 first: its ends 0 and 50 are then goalposts -50 and 0."""
    rule = Normalise(method="goalposts", clip=False)
    up = given(replace(bare(), normalise=rule), low=0.0, high=50.0)

    def walk(node: Node) -> Node:
        return replace(node, parts=tuple(map(turned, node.parts)))

    def turned(part: Node | Leaf) -> Node | Leaf:
        if isinstance(part, Node):
            return walk(part)
        return part if part.direction > 0 else replace(part, low=-50.0, high=0.0)

    both = replace(up, root=walk(up.root))
    compare(record_property, "norm_n_scaled_0_50", run(both, read("pipe_Treated")).normalised)


def test_distance_to_targets(record_property: Record) -> None:
    rule = Normalise(method="target", high=1.0, clip=False)
    found = run(replace(bare(), normalise=rule), read("pipe_Raw"))
    compare(record_property, "norm_raw_n_dist2targ_iMeta", found.normalised)


def refused(made: Recipe, table: pd.DataFrame) -> set[str]:
    with pytest.raises(MeasureError) as caught:
        run(made, table)
    return {problem.column for problem in caught.value.problems}


def without(made: Recipe, names: set[str]) -> Recipe:
    def walk(node: Node) -> Node:
        parts = tuple(walk(p) if isinstance(p, Node) else p for p in node.parts if p.id not in names)
        return replace(node, parts=parts)

    return replace(made, root=walk(made.root))


def test_distance_to_a_reference(record_property: Record) -> None:
    """Where the reference country is the worst, COINr writes Inf and NaN; here that is refused by name."""
    theirs = read("norm_n_dist2ref_1")
    made = replace(bare(), normalise=Normalise(method="reference", reference="AUS", high=1.0, clip=False))
    senseless = {c for c in theirs if not np.isfinite(theirs[c].to_numpy(dtype=float)).all()}
    assert senseless == {"MatCon", "Elec", "Bord", "TIRcon"}
    assert refused(made, read("pipe_Treated")) == senseless
    mine = run(without(made, senseless), read("pipe_Treated")).normalised
    worst = apart(mine.to_numpy(), theirs[mine.columns].to_numpy(dtype=float))
    record_property("oracle", f"coinr_asem/norm_n_dist2ref_1.csv|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE


def test_fraction_of_the_best(record_property: Record) -> None:
    """For direction -1 COINr divides -x by max(-x), so that more of what is bad scores more; here min / x."""
    theirs = read("norm_n_fracmax")
    made = replace(bare(), normalise=Normalise(method="fraction", high=1.0))
    senseless = {c for c in theirs if not np.isfinite(theirs[c].to_numpy(dtype=float)).all()}
    bad = refused(made, read("pipe_Treated"))
    assert senseless <= bad  # beyond those, where the best value is below 0 a share of it means nothing
    mine = run(without(made, bad), read("pipe_Treated")).normalised
    down = [c for c in mine if meta().at[c, "Direction"] in (-1, "-1")]
    assert len(down) > 5
    mine[down] = 1.0 / mine[down]
    worst = apart(mine.to_numpy(), theirs[mine.columns].to_numpy(dtype=float))
    record_property("oracle", f"coinr_asem/norm_n_fracmax.csv|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("amean", {"aggregate": "arithmetic"}),
        ("gmean", {"aggregate": "geometric"}),
        ("hmean", {"aggregate": "harmonic"}),
        ("genmean_p-1", {"aggregate": "power", "power": -1.0}),
        ("genmean_p0.5", {"aggregate": "power", "power": 0.5}),
        ("genmean_p2", {"aggregate": "power", "power": 2.0}),
    ],
)
def test_ways_to_aggregate(name: str, how: dict[str, object], record_property: Record) -> None:
    made = given(Recipe(root=tree(**how), normalise=Normalise(low=1.0)), denominator="")
    compare(record_property, f"agg_minmax1_100_a_{name}", run(made, read("pipe_Treated")).scores)


def test_what_was_treated_and_how(record_property: Record) -> None:
    table, theirs = built().report, read("pipe_treat_details").loc[built().report.index]
    pairs = {
        "skew": "check_SkewKurt0.Skew",
        "kurtosis": "check_SkewKurt0.Kurt",
        "skew_winsorised": "check_SkewKurt1.Skew",
        "kurtosis_winsorised": "check_SkewKurt1.Kurt",
    }
    worst = apart(table[list(pairs)].to_numpy(), theirs[list(pairs.values())].to_numpy(dtype=float))
    record_property("oracle", f"coinr_asem/pipe_treat_details.csv|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE
    assert (table["high"] + table["low"]).tolist() == theirs["winsorise.nwin"].fillna(0).tolist()
    words = pd.read_csv(FOLDER / "pipe_treated_points.csv", keep_default_na=False)
    words.index = read("pipe_Imputed").index
    expected = words.replace({"winhi": "high", "winlo": "low"})
    assert (built().points.sort_index()[expected.columns] == expected).all(axis=None)
    record_property("oracle", "coinr_asem/pipe_treated_points.csv|exact|0")


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        ("winsor5", Treat(second="none")),
        ("log_CT", Treat(winsorise=0, second="log_ct")),
        ("log_CT_plus", Treat(winsorise=0, second="log_ct_plus")),
        ("boxcox_0.5", Treat(winsorise=0, second="boxcox", power=0.5)),
        ("boxcox_0", Treat(winsorise=0, second="boxcox", power=0.0)),
    ],
)
def test_other_treatments_of_flights(column: str, rule: Treat, record_property: Record) -> None:
    theirs = read("treat_flights_alternatives")
    treated, _, _ = treat_columns(theirs[["raw"]].to_numpy(), [rule])
    worst = apart(treated[:, 0], theirs[column].to_numpy())
    record_property(
        "oracle", f"coinr_asem/treat_flights_alternatives.csv ({column})|{TOLERANCE:g}|{worst:.3g}"
    )
    assert worst <= TOLERANCE


def test_results_ranks_and_ranks_in_groups(record_property: Record) -> None:
    table = results(built())
    theirs = pd.read_csv(FOLDER / "results_scores.csv").set_index("uCode")
    assert (table["rank"] == theirs["Rank"].reindex(table.index)).all()
    assert table.index.tolist() == theirs.index.tolist()
    scores, written = table.drop(columns="rank"), theirs.drop(columns="Rank")
    gap = (scores - written).abs()  # written with 12 decimals, so that half of the last one may be gone
    over = ((gap - 5e-13).clip(lower=0.0) / written.abs().clip(lower=1e-300)).max(axis=None)
    record_property("oracle", f"coinr_asem/results_scores.csv|{TOLERANCE:g} and 12 decimals|{over:.3g}")
    assert over <= TOLERANCE
    assert (ranks(built()).sort_index() == read("results_ranks")[built().scores.columns]).all(axis=None)
    groups = read("results_groupranks")
    mine = built().scores.groupby(data()["EurAsia_group"]).rank(ascending=False, method="min")
    assert (mine.sort_index() == groups[mine.columns]).all(axis=None)
    for name in ("results_ranks", "results_groupranks"):
        record_property("oracle", f"coinr_asem/{name}.csv|exact|0")


def test_effective_weights(record_property: Record) -> None:
    mine = built().weights.set_index("part")["effective"]
    theirs = read("weights_effective")["EffWeight"].drop("Index")
    worst = apart(mine[theirs.index].to_numpy(), theirs.to_numpy())
    record_property("oracle", f"coinr_asem/weights_effective.csv|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE


def test_availability(record_property: Record) -> None:
    made = given(Recipe(root=tree(), screen=Screen(least=0.9)), denominator="")
    mine, theirs = run(made, data()).screened.sort_index(), read("data_avail_summary")
    assert (49 - mine["measured"]).tolist() == theirs["N_missing"].tolist()
    worst = apart(mine["share"].to_numpy(), theirs["Dat_Avail"].to_numpy())
    record_property("oracle", f"coinr_asem/data_avail_summary.csv|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE
    assert mine.index[~mine["kept"]].tolist() == theirs.index[theirs["Dat_Avail"] < 0.9].tolist()


@pytest.mark.parametrize(("name", "table"), [("stats_raw", "raw"), ("stats_treated", "treated")])
def test_skewness_and_kurtosis_in_the_statistics(name: str, table: str, record_property: Record) -> None:
    """The table is written with three digits."""
    theirs = pd.read_csv(FOLDER / f"{name}.csv").set_index("iCode")
    values = getattr(built(), table)[theirs.index]
    worst = 0.0
    for mine, column in zip(skew_kurtosis(values.to_numpy()), ("Skew", "Kurt"), strict=True):
        written = theirs[column].to_numpy()
        digit = 10.0 ** (np.floor(np.log10(np.abs(written))) - 2)
        worst = max(worst, float((np.abs(mine - written) / digit).max()))
    record_property("oracle", f"coinr_asem/{name}.csv (Skew, Kurt)|half the last of 3 digits|{worst:.3g}")
    assert worst <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("compare_drop_LPI", lambda: without(recipe(), {"LPI"})),
        ("compare_minmax_vs_zscore", lambda: replace(recipe(), normalise=Normalise(method="z"))),
    ],
)
def test_ranks_under_other_choices(name: str, other: Callable[[], Recipe], record_property: Record) -> None:
    theirs = read(name)
    one, two = (ranks(run(r, data()))["Index"].sort_index() for r in (recipe(), other()))
    assert (one == theirs["coin.1"]).all()
    assert (two == theirs["coin.2"]).all()
    record_property("oracle", f"coinr_asem/{name}.csv|exact|0")


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_correlations_of_the_normalised_indicators(method: str, record_property: Record) -> None:
    theirs = pd.read_csv(FOLDER / f"corr_normalised_{method}_L1L1.csv")
    mine = built().normalised.corr(method=method)  # type: ignore[arg-type]
    at = mine.to_numpy()[mine.index.get_indexer(theirs["Var1"]), mine.columns.get_indexer(theirs["Var2"])]
    gap = np.abs(at - theirs["Correlation"])
    tied = ((theirs["Var1"] == "TolMin") | (theirs["Var2"] == "TolMin")) & (method == "spearman")
    worst = float(gap[~tied].max())  # a tie in TolMin is broken below the digits that were written
    record_property(
        "oracle", f"coinr_asem/corr_normalised_{method}_L1L1.csv|{TOLERANCE:g} absolute|{worst:.3g}"
    )
    assert worst <= 1e-12
    assert gap.max() <= 5e-3


def test_correlations_with_the_groups_above(record_property: Record) -> None:
    theirs = pd.read_csv(FOLDER / "corr_agg_family.csv")
    scores = built().scores
    parent = {p: g for g, p in zip(built().weights["group"], built().weights["part"], strict=True)}
    above = {"Sub-index": parent, "Index": dict.fromkeys(parent, "Index")}
    mine = [scores[row.Var2].corr(scores[above[row.Var1][row.Var2]]) for row in theirs.itertuples()]
    worst = apart(np.array(mine), theirs["Correlation"].to_numpy())
    record_property("oracle", f"coinr_asem/corr_agg_family.csv|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE


def test_summary_of_one_country(record_property: Record) -> None:
    theirs = pd.read_csv(FOLDER / "unit_summary_CHN.csv").set_index("Code")
    scores, places = built().scores.loc["CHN"], ranks(built()).loc["CHN"]
    assert scores[theirs.index].round(2).tolist() == theirs["Score"].tolist()
    assert places[theirs.index].tolist() == theirs["Rank"].tolist()
    record_property("oracle", "coinr_asem/unit_summary_CHN.csv|two decimals, ranks exact|0")


@pytest.mark.parametrize("name", ["strengths", "weaknesses"])
def test_ranks_of_strengths_and_weaknesses(name: str, record_property: Record) -> None:
    """COINr ranks what is measured, before any denominator; values are written with three digits."""
    theirs = pd.read_csv(FOLDER / f"unit_{name}_CHN.csv").set_index("Code")
    mine = run(bare(), data())
    places = mine.normalised.rank(ascending=False, method="min").loc["CHN"]
    assert places[theirs.index].tolist() == theirs["Rank"].tolist()
    raw = mine.raw.loc["CHN"]
    assert [float(f"{raw[code]:.3g}") for code in theirs.index] == theirs["Value"].tolist()
    record_property("oracle", f"coinr_asem/unit_{name}_CHN.csv|ranks exact, values to three digits|0")
