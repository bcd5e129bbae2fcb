"""Laws of measuring: order, purity, memory, monotony, bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.inequality import gini, theil
from yipan.measure import catalogue, forget, measure
from yipan.network.points import forget as forget_times
from yipan.pack import Level
from yipan.region import Region, example
from yipan.scenario import AddLink, AddPlace, ChangeActivity, ProtectArea
from yipan.scenario.values import Intervention

QUICK = settings(max_examples=10, deadline=None, derandomize=True)
LON, LAT = st.floats(106.01, 106.39), st.floats(29.01, 29.39)
CELLS = ("A1", "A2", "B1", "B2", "C1", "C2")
CAPACITY = {"hospital": "bed", "university": "student", "shelter": "person", "fire_station": "crew"}

PLACES = st.builds(
    lambda kind, lon, lat, capacity: AddPlace(
        id="new", kind=kind, lon=lon, lat=lat, capacity=capacity, unit=CAPACITY[kind]
    ),
    st.sampled_from(sorted(CAPACITY)),
    LON,
    LAT,
    st.floats(10, 5000),
)
LINKS = st.builds(
    lambda ends, length, speed: AddLink(
        id="new", kind="primary", from_cell=ends[0], to_cell=ends[1], length=length, speed=speed
    ),
    st.lists(st.sampled_from(CELLS), min_size=2, max_size=2, unique=True),
    st.floats(25, 60),
    st.floats(20, 120),
)
JOBS = st.builds(
    lambda cell, jobs: ChangeActivity(cell=cell, jobs=jobs), st.sampled_from(CELLS), st.floats(0, 5e4)
)
LAND = st.builds(
    lambda lon, lat, km2: ProtectArea(id="new", lon=lon, lat=lat, km2=km2), LON, LAT, st.floats(1, 200)
)
CHANGES = st.one_of(PLACES, LINKS, JOBS, LAND)


def equal(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a, b, check_exact=True)


@QUICK
@given(CHANGES)
def test_remembered_values_equal_fresh_ones(change: Intervention) -> None:
    """A change that leaves an indicator's declared needs alone must leave its value alone: else stale."""
    measure(example("tiny"))
    changed = change.apply(example("tiny"))
    remembered = measure(changed)
    forget()
    fresh = measure(changed)
    equal(remembered.values, fresh.values)
    equal(remembered.needs, fresh.needs)
    equal(remembered.quality, fresh.quality)
    assert dict(remembered.region_values) == pytest.approx(
        dict(fresh.region_values), nan_ok=True, rel=0, abs=0
    )
    assert dict(remembered.missing) == dict(fresh.missing)


@QUICK
@given(CHANGES)
def test_measuring_and_changing_leave_the_region_as_it_was(change: Intervention) -> None:
    region = example("tiny")
    before, first = region.id, measure(region)
    measure(change.apply(region))
    assert {name: t.digest for name, t in region.tables.items()} == {
        name: t.digest for name, t in example("tiny").tables.items()
    }
    assert region.id == before
    equal(measure(region).values, first.values)


@QUICK
@given(st.permutations(["A", "B", "C"]), st.permutations(CELLS))
def test_the_order_of_rows_does_not_matter(zones: list[str], cells: list[str]) -> None:
    region = example("tiny")
    by_zone, by_cell = region.zones.set_index("id", drop=False), region.cells.set_index("id", drop=False)
    shuffled = measure(region.replace(zones=by_zone.loc[zones], cells=by_cell.loc[cells]))
    plain = measure(region)
    pd.testing.assert_frame_equal(shuffled.values.loc[["A", "B", "C"]], plain.values, rtol=1e-12)
    pd.testing.assert_frame_equal(shuffled.needs.loc[["A", "B", "C"]], plain.needs, rtol=1e-12)
    pd.testing.assert_series_equal(shuffled.total, plain.total, rtol=1e-12)
    assert dict(shuffled.region_values) == pytest.approx(dict(plain.region_values), rel=1e-9)


@QUICK
@given(CHANGES)
def test_scores_stay_between_0_and_100(change: Intervention) -> None:
    results = measure(change.apply(example("tiny")))
    for table in (results.scores, results.needs, results.clusters):
        known = table.to_numpy(np.float64)
        known = known[np.isfinite(known)]
        assert ((known >= 0) & (known <= 100 + 1e-9)).all()
    assert (results.values.isna() == results.quality.eq("")).all().all()
    assert set(results.missing) >= {
        (i, z) for z, row in results.values.iterrows() for i in row.index[row.isna()]
    }


ACCESS_TO_HOSPITALS = ("Y-LIV-01", "Y-LIV-02", "Y-LIV-03", "N-LIV-02", "Y-HUM-02", "Y-SAF-03", "Y-SAF-07")


@QUICK
@given(LON, LAT, st.floats(10, 5000))
def test_a_new_hospital_never_worsens_access_to_hospitals(lon: float, lat: float, beds: float) -> None:
    region = example("tiny")
    new = AddPlace(id="new", kind="hospital", lon=lon, lat=lat, capacity=beds, unit="bed")
    before, after = (measure(r, ACCESS_TO_HOSPITALS).scores for r in (region, new.apply(region)))
    assert (after >= before - 1e-9).all().all()


@QUICK
@given(LON, LAT, st.floats(1, 100))
def test_protecting_land_brings_no_nature_into_reach(lon: float, lat: float, km2: float) -> None:
    region = AddPlace(id="park", kind="park", lon=106.30, lat=29.35).apply(example("tiny"))
    new = ProtectArea(id="new", lon=lon, lat=lat, km2=km2)
    ids = ["Y-ECL-01", "Y-ECL-02", "Y-ECL-05"]
    before, after = (measure(r, ids).values for r in (region, new.apply(region)))
    assert (after[["Y-ECL-01", "Y-ECL-05"]] == before[["Y-ECL-01", "Y-ECL-05"]]).all().all()
    assert (after["Y-ECL-02"] - before["Y-ECL-02"]).sum() > 0


FASTER_IS_BETTER = (
    "N-ECO-03",
    "Y-ECO-01",
    "Y-ECO-05",
    "C-INF-02",
    "Y-INT-01",
    "Y-LIV-01",
    "Y-SMT-01",
    "Y-ECL-01",
)


@QUICK
@given(LINKS)
def test_a_new_road_never_worsens_what_can_be_reached(link: Intervention) -> None:
    park = AddPlace(id="park", kind="park", lon=106.30, lat=29.35)
    region = park.apply(example("tiny"))
    before, after = (measure(r, FASTER_IS_BETTER).scores for r in (region, link.apply(region)))
    assert (after >= before - 1e-9).all().all()


@QUICK
@given(st.sampled_from(sorted(catalogue())), st.sampled_from(["jobs", "gdp", "population"]))
def test_absent_data_never_becomes_a_value(indicator: str, column: str) -> None:
    """With a column empty, every indicator that needs it is missing, with a reason, and none is zero."""
    region = example("tiny")
    cells = region.cells
    cells[column] = np.nan
    results = measure(region.replace(cells=cells), [indicator])
    needs = catalogue()[indicator].needs
    table = results.table(catalogue()[indicator].level)
    values = table.values[indicator].tolist()
    if {f"cells:{column}", f"sum:{column}"} & set(needs):
        assert np.isnan(values).all()
        assert len(table.missing) == len(values)
        assert all(column in m.reason.en for m in table.missing.values())
    else:
        expected = measure(region, [indicator]).table(catalogue()[indicator].level).values[indicator]
        assert values == pytest.approx(expected.tolist(), nan_ok=True)


AMOUNTS = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=8)


@QUICK
@given(AMOUNTS, st.floats(0.1, 100))
def test_inequality_is_0_when_equal_free_of_scale_and_splits_exactly(
    amounts: list[float], scale: float
) -> None:
    people = np.linspace(1, 3, len(amounts))
    groups = np.arange(len(amounts)) % 2
    assert gini(np.full(len(amounts), scale), people) == pytest.approx(0, abs=1e-12)
    assert theil(people * scale, people, groups).total == pytest.approx(0, abs=1e-12)
    assert gini(np.array(amounts) * scale, people) == pytest.approx(gini(amounts, people), abs=1e-9)
    got = theil(amounts, people, groups)
    share = np.array(amounts) / sum(amounts)
    within = sum(
        share[groups == g].sum()
        * theil(np.array(amounts)[groups == g], people[groups == g], groups[groups == g]).total
        for g in (0, 1)
    )
    assert got.between + within == pytest.approx(got.total, abs=1e-9)


def test_each_indicator_reads_only_what_it_declares() -> None:
    """Alter every table an indicator does not declare: its value stays, or it would be remembered wrongly."""
    region = example("tiny")
    for indicator in catalogue().values():
        altered = _altered(region, indicator.needs)
        a = measure(region, [indicator.id]).table(indicator.level).values
        forget()
        b = measure(altered, [indicator.id]).table(indicator.level).values
        pd.testing.assert_frame_equal(a, b, obj=indicator.id)


FINE: tuple[Level, ...] = ("cell", "cluster", "pair")


@QUICK
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_cells_pairs_and_clusters_remembered_equal_fresh_ones(changes: list[Intervention]) -> None:
    """After projects only what they touch is measured again, to the same values as from nothing."""
    region = example("tiny")
    first = measure(region, levels=FINE)
    changed = region
    for n, change in enumerate(changes):
        named = {"id": f"new{n}"} if hasattr(change, "id") else {}
        changed = replace(change, **named).apply(changed)  # type: ignore[type-var]
    remembered = measure(changed, levels=FINE)
    forget()
    forget_times()
    fresh, again = measure(changed, levels=FINE), measure(region, levels=FINE)
    for level in FINE:
        a, b = remembered.table(level), fresh.table(level)
        equal(a.values, b.values)
        equal(a.quality, b.quality)
        assert dict(a.missing) == dict(b.missing)
        gone = a.values.isna()
        assert (gone.to_numpy() == (a.quality.astype(str) == "").to_numpy()).all()
        assert set(a.missing) == {(i, at) for i in gone for at in gone.index[gone[i]]}
        equal(again.table(level).values, first.table(level).values)  # the region itself is as it was
    assert remembered.run_id == fresh.run_id


# a zone value, the cell value it is the residents' mean of, and where it is a share the limit
MEANS = {
    "Y-ECO-01": ("Y-CEL-02", None),
    "N-ECO-03": ("Y-CEL-03", None),
    "C-INF-02": ("Y-CEL-04", 60),
    "Y-INT-01": ("Y-CEL-05", 90),
    "Y-INT-02": ("Y-CEL-06", None),
    "Y-LIV-01": ("Y-CEL-08", None),
    "Y-LIV-02": ("Y-CEL-08", 30),
    "Y-LIV-03": ("Y-CEL-09", None),
    "Y-SMT-01": ("Y-CEL-10", None),
    "Y-SAF-02": ("Y-CEL-11", 30),
    "Y-SAF-04": ("Y-CEL-12", 15),
    "Y-SAF-03": ("Y-CEL-13", None),
    "Y-ECL-01": ("Y-CEL-14", 60),
    "Y-ECL-03": ("Y-CEL-15", None),
    "Y-ECO-05": ("Y-CEL-16", None),
}


@QUICK
@given(CHANGES)
def test_zone_values_are_the_residents_means_of_the_cell_values(change: Intervention) -> None:
    region = change.apply(example("tiny"))
    for kind in ("park", "hsr_station", "fire_station"):
        region = AddPlace(id=f"own_{kind}", kind=kind, lon=106.22, lat=29.17).apply(region)
    results = measure(region, [*MEANS, *{c for c, _ in MEANS.values()}])
    people, zone = region.cells["population"].to_numpy(), region.cells["zone"].to_numpy()
    for indicator, (cell, limit) in MEANS.items():
        values = results.cells[cell].to_numpy()
        values = values if limit is None else np.where(values <= limit, 100.0, 0.0)
        for z in region.zone_ids:
            mine = zone == z
            expected = (people * values)[mine].sum() / people[mine].sum()
            assert results.values.loc[z, indicator] == pytest.approx(expected, abs=1e-9), indicator


@QUICK
@given(LINKS)
def test_a_new_road_brings_no_pair_of_zones_further_apart(link: Intervention) -> None:
    ids = ["Y-PAR-01", "Y-PAR-02", "Y-PAR-04", "C-INF-04", "Y-CLU-01"]
    region = example("tiny")
    before, after = (measure(r, ids) for r in (region, link.apply(region)))
    for slower in ("Y-PAR-01", "Y-PAR-02"):
        assert (after.pairs[slower] <= before.pairs[slower] + 1e-9).all()
    for nearer in ("Y-PAR-04", "C-INF-04"):
        assert (after.pairs[nearer] >= before.pairs[nearer] - 1e-9).all()


@QUICK
@given(st.permutations(["A", "B", "C"]), st.permutations(CELLS))
def test_the_order_of_rows_moves_cells_and_pairs_only(zones: list[str], cells: list[str]) -> None:
    region = example("tiny")
    by_zone, by_cell = region.zones.set_index("id", drop=False), region.cells.set_index("id", drop=False)
    plain = measure(region, levels=FINE)
    shuffled = measure(region.replace(zones=by_zone.loc[zones], cells=by_cell.loc[cells]), levels=FINE)
    assert list(shuffled.cells.index) == cells
    for level in FINE:
        a, b = plain.table(level).values, shuffled.table(level).values
        pd.testing.assert_frame_equal(b.loc[a.index], a, rtol=1e-12)


def _altered(region: Region, needs: tuple[str, ...]) -> Region:
    forms = {n.partition(":")[0] for n in needs}
    names = {n.partition(":")[2].partition("@")[0] for n in needs}
    tables: dict[str, pd.DataFrame] = {}
    cells = region.cells
    for column in {"jobs", "gdp", "population", "elevation"} - names:
        cells[column] = cells[column] * 3 + 1
    tables["cells"] = cells
    if "stat" not in forms and "sum" not in forms:
        tables["statistics"] = region.table("statistics").iloc[::2]
    if not forms & {"places", "capacity"}:
        tables["places"] = region.places.iloc[:0]
    if "times" not in forms and "links" not in names:
        tables["links"] = region.table("links").iloc[:2]
    if "times" not in forms and "lines" not in names:
        tables["lines"], tables["stops"] = region.table("lines").iloc[:0], region.table("stops").iloc[:0]
    return region.replace(**tables)
