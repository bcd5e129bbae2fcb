"""Nothing is computed in silence: what each figure of coordination refuses, and what it tells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from yipan.errors import MeasureError
from yipan.measure import coordination as co
from yipan.network import travel_times
from yipan.region import example

NAN = float("nan")
CHAIN = co.weights_from_pairs([*"abbccdde"], [*"bacbdced"], units=[*"abcde"])
TABLE = pd.DataFrame(
    [[1.0, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]], index=[*"ABCD"], columns=[*"wxyz"]
)


def flows(values: list[float], minutes: list[float], **options: object) -> co.GravityModel:
    """All ordered pairs of three places."""
    ends = [(a, b) for a in "abc" for b in "abc" if a != b]
    given = {"origins": [a for a, _ in ends], "destinations": [b for _, b in ends], **options}
    return co.gravity_model(values, minutes, **given)  # type: ignore[arg-type]


MINUTES = [10.0, 20, 10, 30, 20, 35]
REFUSED: list[tuple[str, Callable[[], object], str]] = [
    ("scores of 0-100", lambda: co.coupling_coordination([[40.0, 60.0]]), "divide scores of 0–100 by 100"),
    ("one subsystem", lambda: co.coupling_coordination([[0.4], [0.5]]), "at least two subsystems"),
    (
        "weights that do not sum to 1",
        lambda: co.coupling_coordination([[0.4, 0.6]], weights=[1.0, 1.0]),
        "summing to 1 (now 2)",
    ),
    (
        "power 1/2",
        lambda: co.coupling_coordination([[0.4, 0.6]], "power-half"),  # type: ignore[arg-type]
        "power 1/2",
    ),
    (
        "coefficient lost",
        lambda: co.coupling_coordination([[0.4, 0.6]], "no-coefficient"),  # type: ignore[arg-type]
        "at most 1/n",
    ),
    (
        "pairwise denominators",
        lambda: co.coupling_coordination([[0.4, 0.6]], "pairwise"),  # type: ignore[arg-type]
        "at most 1/2",
    ),
    ("unknown form", lambda: co.coupling_coordination([[0.4, 0.6]], "x"), "no form"),  # type: ignore[arg-type]
    (
        "missing score between zones",
        lambda: co.metacoupling([[0.1, NAN]] * 5, CHAIN),
        "scores are missing: a",
    ),
    ("scores of other zones", lambda: co.metacoupling([[0.1, 0.2]] * 3, CHAIN), "different units"),
    ("obstacles of raw values", lambda: co.obstacle_degrees([[3.0, 4.0]], [0.5, 0.5]), "outside 0–1"),
    ("obstacles without weight", lambda: co.obstacle_degrees([[0.3, 0.4]], [0.0, 0.0]), "all zero"),
    ("missing value in Moran", lambda: co.moran([1, 2, NAN, 4, 5], CHAIN), "missing values: c"),
    (
        "island in Moran",
        lambda: co.moran([1, 2, 3, 4, 5], co.weights_from_pairs([*"abbccd"], [*"bacbdc"], units=[*"abcde"])),
        "without a neighbour: e",
    ),
    (
        "local p without permutations",
        lambda: co.local_moran([1, 2, 3, 4, 5], CHAIN, permutations=0),
        "need perm",
    ),
    ("equal values in Moran", lambda: co.local_moran([2.0] * 5, CHAIN), "all values are equal"),
    (
        "two zones in Moran",
        lambda: co.moran([1.0, 2.0], co.weights_from_pairs([*"ab"], [*"ba"], units=[*"ab"])),
        "only 2 units, 4 are needed",
    ),
    ("values of other units", lambda: co.geary([1.0, 2.0], CHAIN), "for 5 units"),
    ("negative values in G", lambda: co.getis_ord([1, 2, -1, 4, 5], CHAIN), "negative values: c"),
    ("two zones in beta", lambda: co.beta_convergence([1, 2], [2, 3], years=10), "only 2 units"),
    ("zero income", lambda: co.beta_convergence([0, 1, 2], [1, 2, 3], years=10), "values of units 1"),
    ("equal starts", lambda: co.beta_convergence([2, 2, 2], [1, 2, 3], years=10), "all starts are equal"),
    ("one zone in sigma", lambda: co.sigma_convergence([[1.0, 2.0]], [2010, 2020]), "only 1 units"),
    ("the same year twice", lambda: co.sigma_convergence([[1.0, 2.0]] * 2, [2010, 2010]), "lengths differ"),
    ("negative flow", lambda: flows([1, 2, -3, 4, 5, 6], MINUTES), "negative flows"),
    ("no flow at all", lambda: flows([0.0] * 6, MINUTES), "all flows are 0"),
    ("flows within a place", lambda: flows([1, 2, 3, 4, 5, 6], [0.0, 20, 10, 30, 20, 35]), "not above 0"),
    (
        "sizes beside fixed effects",
        lambda: flows([1, 2, 3, 4, 5, 6], MINUTES, effects="origin", origin_sizes={"gdp": [1.0] * 6}),
        "already hold its size",
    ),
    (
        "a size of 0",
        lambda: flows([1, 2, 3, 4, 5, 6], MINUTES, origin_sizes={"gdp": [0.0, 1, 2, 3, 4, 5]}),
        "missing or not above 0",
    ),
    (
        "equal times",
        lambda: flows([1, 2, 3, 4, 5, 6], [10.0] * 6),
        "depend on each other",
    ),
    (
        "more effects than pairs",
        lambda: flows([1, 2, 3, 4, 5, 6], MINUTES, effects="both"),
        "6 rows cannot give 6",
    ),
    ("unknown decay", lambda: flows([1, 2, 3, 4, 5, 6], MINUTES, decay="square"), "no decay 'square'"),
    (
        "zeros told apart perfectly",
        lambda: co.poisson_fit([0, 0, 3, 5], {"constant": [1] * 4, "far": [1, 1, 0, 0]}),
        "parts zeros from the rest",
    ),
    ("negative output", lambda: co.location_quotients(TABLE - 1.0), "negative output"),
    ("place without output", lambda: co.krugman(TABLE.mul([1, 0, 1, 1], axis=0)), "without any output: B"),
    ("one place", lambda: co.specialisation(TABLE.iloc[:1]), "only one place"),
    ("two places in ECI", lambda: co.complexity(TABLE.iloc[:2]), "at least three of each"),
    (
        "parts that share nothing",
        lambda: co.complexity(pd.DataFrame(np.eye(4), index=[*"ABCD"], columns=[*"wxyz"])),
        "share nothing",
    ),
    ("unknown anchor", lambda: co.complexity(TABLE, anchors=["q"]), "no product q"),
    ("table not square", lambda: co.input_output([[1.0, 2.0]], [3.0]), "flows must be n × n"),
    ("needs more than it makes", lambda: co.input_output([[9, 5], [3, 9]], [-2, 1]), "sectors need more"),
    ("negative flow in a table", lambda: co.input_output([[1, -1], [1, 1]], [5, 5]), "negative flows: 1"),
    (
        "inputs without output",
        lambda: co.input_output([[0, 5], [0, 0]], [5, 0]),
        "inputs without output: 2",
    ),
    (
        "stressors of other regions",
        lambda: co.footprint(
            co.input_output([[1, 1], [1, 1]], [5, 5]), [[1.0, 2.0]], regions=["a"], final_regions=["a"]
        ),
        "do not fit together",
    ),
    ("service without people", lambda: co.service_inequality([1, 2], [0, 5], ["a", "b"]), "no bound: 1"),
    ("no service", lambda: co.service_inequality([0, 0], [1, 5], ["a", "b"]), "no service at all"),
    ("group with nothing", lambda: co.dagum_gini([0, 0, 1], ["a", "a", "b"]), "mean 0: a"),
    ("time within a place of 0", lambda: co.market_potential([1, 2], [[0, 5], [5, 3]]), "not above 0"),
    ("no time", lambda: co.time_weights([[0, NAN], [5, 0]]), "above 0 off the diagonal"),
    ("unknown rule", lambda: co.contiguity([box(0, 0, 1, 1)], rule="king"), "no rule"),  # type: ignore[arg-type]
    ("no boundary", lambda: co.contiguity([box(0, 0, 1, 1), None], ["a", "b"]), "no boundary: b"),
    ("unknown neighbour", lambda: co.weights_from_pairs(["a"], ["z"], units=["a"]), "unknown units z"),
    ("its own neighbour", lambda: co.weights_from_pairs(["a"], ["a"], units=["a"]), "with themselves a"),
]


@pytest.mark.parametrize(("run", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused_with_reason_and_remedy(run: Callable[[], object], words: str) -> None:
    with pytest.raises(MeasureError) as caught:
        run()
    told = caught.value.text("en")
    assert words in told
    assert all(p.what.zh and p.remedy.zh and p.remedy.en for p in caught.value.problems)


def test_every_problem_at_once() -> None:
    with pytest.raises(MeasureError) as caught:
        co.coupling_coordination([[4.0, 6.0]], "pairwise", weights=[1.0, 1.0])  # type: ignore[arg-type]
    assert len(caught.value.problems) == 3


def told(result: object) -> str:
    return " | ".join(p.what.en for p in result.problems)  # type: ignore[attr-defined]


def test_zero_and_missing_subsystems_are_explained() -> None:
    scores = [[0.0, 0.8], [0.0, 0.0], [NAN, 0.5], [0.1, 0.1], [0.7, 0.9]]
    r = co.coupling_coordination(scores, units=[*"abcde"])
    assert r.c[0] == 0
    assert r.d[:2].tolist() == [0, 0]
    assert np.isnan(r.c[1])  # nothing there to couple
    assert np.isnan(r.d[2])
    assert r.classes.tolist()[:3] == [1, 1, 0]
    assert r.c[3] == pytest.approx(1.0)
    assert "a subsystem is 0, so C and D are 0: a |" in told(r) + " |"
    assert "every subsystem is 0: D is 0: b" in told(r)
    assert "a subsystem score is missing: no degree: c" in told(r)
    assert "C is high, the level T is low: d" in told(r)
    assert r.laggards[4] == ("1",)


def test_the_fan_form_does_not_vanish_at_zero_and_says_nothing_of_it() -> None:
    r = co.coupling_coordination([[0.0, 0.8]], "fan")
    assert r.c[0] == pytest.approx(0.2)  # sd 0.4
    assert not r.problems


def test_islands_and_missing_values_are_left_out_when_asked() -> None:
    w = co.weights_from_pairs([*"abbccdef"], [*"bacbdcfe"], units=[*"abcdefg"])
    m = co.moran([1, 2, 3, 5, NAN, 9, 4], w, drop=True)
    plain = co.moran([1, 2, 3, 5], co.weights_from_pairs([*"abbccd"], [*"bacbdc"], units=[*"abcd"]))
    assert m.units == 4  # e has no value, g no neighbour, and without e neither has f
    assert m.i == pytest.approx(plain.i)
    assert m.p_permuted == plain.p_permuted  # seeded
    assert "missing values: e" in told(m)
    assert "neighbour: g" in told(m)
    assert "neighbour: f" in told(m)


def test_pairs_without_flow_count_and_silent_places_are_told() -> None:
    """Two places and one more that sends nothing: with effects of origins its pairs cannot be fitted."""
    all_ = [40.0, 10, 30, 0, 0, 0]
    free = flows(all_, MINUTES)
    assert free.fit.fitted.sum() == pytest.approx(80)  # zeros are kept: the total is met
    fixed = flows(all_, MINUTES, effects="origin")
    assert "origin c" in told(fixed)
    assert fixed.expected[4:].tolist() == [0.0, 0.0]
    assert fixed.expected[:2].sum() == pytest.approx(50)
    apart = flows([40.0, 10, 30, 2, 3, 4], [10.0, float("inf"), 10, 30, 20, 35])
    assert "1 pairs have no way" in told(apart)
    assert np.isnan(apart.expected[1])


def commuting(*rows: tuple[str, str, float, str]) -> co.Linkages:
    tiny = example("tiny")
    table = pd.DataFrame(
        [
            {"kind": "commute", "from": a, "to": b, "year": 2020, "value": v, "unit": u}
            | {"source": "invented", "quality": "assumed"}
            for a, b, v, u in rows
        ]
    )
    region = tiny.replace(flows=table) if rows else tiny
    return co.zone_linkages(region, "commute", times=co.zone_times(region, travel_times(region, "drive")))


def test_linkages_need_flows_between_zones_in_one_unit() -> None:
    with pytest.raises(MeasureError, match="there are no flows 'commute'; there are: –"):
        commuting()
    with pytest.raises(MeasureError) as caught:
        commuting(("A", "steel", 5.0, "person"), ("A", "B", 5.0, "trip"))
    assert "not zones: steel" in caught.value.text("en")
    assert "several units" in caught.value.text("en")
    rows = [("A", "B", 90.0), ("B", "A", 250.0), ("C", "A", 70.0), ("A", "C", 8.0), ("C", "B", 2.0)]
    links = commuting(*((a, b, v, "trip") for a, b, v in rows))
    assert "1 of 6 pairs are not in the table: taken as 0" in told(links)
    assert links.pairs["expected"].sum() == pytest.approx(420)
    assert links.strength.sum() == pytest.approx(840)
    assert links.unit == "trip"
    with pytest.raises(MeasureError, match="parts zeros from the rest"):  # nothing flows between B and C
        commuting(*((a, b, v, "trip") for a, b, v in rows[:4]))


def test_times_of_other_cells_and_a_single_cluster() -> None:
    tiny = example("tiny")
    times = travel_times(tiny, "drive")
    fewer = tiny.replace(cells=tiny.cells.iloc[:4])
    with pytest.raises(MeasureError) as caught:
        co.zone_times(fewer, times)
    assert "not between the cells" in caught.value.text("en")
    assert "without cells: C" in caught.value.text("en")
    with pytest.raises(MeasureError, match="1 clusters with cells"):
        co.hour_circles(tiny.replace(zones=tiny.zones.assign(cluster="valley")), times)


def test_tiny_places_and_unsure_signs_are_told() -> None:
    sized = TABLE.mul([100.0, 100.0, 100.0, 0.1], axis=0)
    assert "very small places" in told(co.complexity(sized))
    left = co.complexity(pd.concat([TABLE, TABLE.rename(lambda n: n + "2") * 1e-6]), least_share=1e-3)
    assert "left out, too small: A2, B2, C2, D2" in told(left)
    assert left.eci[["A2", "B2"]].isna().all()
    assert left.eci[[*"ABCD"]].to_numpy() == pytest.approx(co.complexity(TABLE).eci.to_numpy())


def test_an_anchor_turns_the_sign() -> None:
    up, down = co.complexity(TABLE, anchors=["z"]), co.complexity(TABLE, anchors=["w"])
    assert up.pci["z"] > 0
    assert down.pci["w"] > 0
    assert down.eci.to_numpy() == pytest.approx(-up.eci.to_numpy())
    assert "its sign is unsure" in told(down)


def test_divergence_has_no_speed() -> None:
    up = co.beta_convergence([1.0, 2.0, 4.0], [1.0, 3.0, 9.0], years=10)
    assert up.b > 0
    assert np.isnan(up.half_life)
    assert "no convergence" in told(up)
    over = co.beta_convergence([1.0, 2.0, 4.0], [16.0, 4.0, 2.1], years=10)
    assert np.isnan(over.speed)
    assert "laggards overtook" in told(over)


def test_one_cluster_has_nothing_between() -> None:
    r = co.service_inequality([3.0, 1.0, 0.0], [1.0, 1.0, 0.0], ["a", "a", "a"], zones=["p", "q", "r"])
    assert r.between == 0
    assert "only one cluster" in told(r)
    assert "no people and no service: r" in told(r)


def test_sectors_without_output_are_told() -> None:
    io = co.input_output([[1, 0], [0, 0]], [3, 0])
    assert "sectors without output: 2" in told(io)
    assert io.leontief[1].tolist() == [0.0, 1.0]
