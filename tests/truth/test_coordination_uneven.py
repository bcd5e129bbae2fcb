"""Scores taken apart between clusters, and structures of zones: worked by hand on the tiny region."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from yipan.errors import MeasureError
from yipan.measure import measure
from yipan.measure.coordination.uneven import uneven_index, zone_structure
from yipan.measure.coordination.whole import whole
from yipan.region import Region, example

TINY = example("tiny")
SECTORS = {
    "gdp_primary": [10.0, 10.0, 30.0],
    "gdp_secondary": [60.0, 20.0, 10.0],
    "gdp_tertiary": [30.0, 70.0, 10.0],
}


def with_sectors(values: dict[str, list[float]], *, leave: tuple[str, str] | None = None) -> Region:
    table = TINY.table("statistics")
    rows = [
        table.iloc[0].to_dict() | {"zone": z, "variable": name, "year": TINY.meta.base_year, "value": v}
        for name, column in values.items()
        for z, v in zip(TINY.zone_ids, column, strict=True)
        if (name, z) != leave
    ]
    added = pd.DataFrame(rows).astype(table.dtypes.to_dict())
    return TINY.replace(statistics=pd.concat([table, added], ignore_index=True))


def test_the_gini_of_the_index_is_the_mean_difference_of_residents() -> None:
    results = measure(TINY)
    found, problems = uneven_index(results)
    people = results.population.to_numpy(float)
    share = people / people.sum()
    for need, g in found.items():
        y = results.needs[need].to_numpy(float)
        mean = float(share @ y)
        gini = float((share[:, None] * share * np.abs(y[:, None] - y)).sum()) / (2 * mean)
        assert g.total == pytest.approx(gini, rel=1e-12), need
    assert not problems


def test_a_zone_without_a_score_is_left_out_and_named() -> None:
    results = measure(TINY)
    results.needs.loc["B", "index"] = np.nan
    found, problems = uneven_index(results)
    assert "index" in found
    assert ["B" in p.what.en for p in problems] == [True]


def test_structures_by_hand() -> None:
    s = zone_structure(with_sectors(SECTORS))
    assert s.sectors == tuple(sorted(SECTORS))
    a, b = np.array([10.0, 60.0, 30.0]), np.array([10.0, 20.0, 70.0])
    assert s.likeness.loc["A", "B"] == pytest.approx(a @ b / np.sqrt((a @ a) * (b @ b)))
    # C makes 50 in all, 30 of it primary; all zones 250, 50 of it primary
    assert s.table.loc["C", "most"] == "gdp_primary"
    assert s.table.loc["C", "quotient"] == pytest.approx((30 / 50) / (50 / 250))
    rest = np.array([20.0, 80.0, 100.0]) / 200  # A and B together
    assert s.table.loc["C", "krugman"] == pytest.approx(np.abs(np.array([0.6, 0.2, 0.2]) - rest).sum())
    assert s.table.loc["A", "nearest"] == "B"


def test_what_structures_lack_is_told() -> None:
    with pytest.raises(MeasureError, match="1 sectors of 2020"):
        zone_structure(with_sectors({"gdp_primary": [1.0, 2.0, 3.0]}))
    with pytest.raises(MeasureError, match="gdp_tertiary is missing in: B"):
        zone_structure(with_sectors(SECTORS, leave=("gdp_tertiary", "B")))
    region = with_sectors(SECTORS)
    assert whole(region, measure(region)).structure is not None
    lacking = whole(TINY, measure(TINY))
    assert lacking.structure is None
    assert lacking.absent["structure"][0].file == "statistics.csv"


def test_money_is_not_added_to_jobs_nor_a_total_to_its_parts() -> None:
    more = {"gdp_total": [100.0, 100.0, 50.0], "jobs:steel": [5.0, 1.0, 2.0], "jobs:ships": [1.0, 1.0, 9.0]}
    found = zone_structure(with_sectors(SECTORS | more))
    assert found.sectors == tuple(sorted(SECTORS))
    assert found.likeness.equals(zone_structure(with_sectors(SECTORS)).likeness)
    named = {f"jobs:{k}": [1.0 + k, 2.0, 3.0] for k in range(4)}
    assert zone_structure(with_sectors(SECTORS | named)).sectors == tuple(named)
