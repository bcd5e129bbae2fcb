"""Shares of quality, worked by hand on the tiny region."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yipan.region import Provenance, Quality, Region, example, quality_shares


def counts(region: Region, table: str) -> dict[str, int]:
    shares = quality_shares(region)
    rows = shares[shares["table"] == table]
    return dict(zip(rows["quality"], rows["values"], strict=True))


def test_values_of_the_tiny_region() -> None:
    region = example("tiny")
    # zones: 3 geometries. statistics: 15 values. cells: 6 × (lon, lat, population, jobs, gdp, elevation).
    # places: 7 × (lon, lat, opened) + 6 capacities (the airport has none). lines: 1 × (two headways,
    # speed, dwell). stops: 3 × (lon, lat), all minutes blank. links: 5 × (length, speed).
    expected = {"zones": 3, "statistics": 15, "cells": 36, "places": 27, "lines": 4, "stops": 6, "links": 10}
    for table, n in expected.items():
        assert counts(region, table) == {"official": 0, "derived": 0, "modelled": 0, "assumed": n}, table
    assert counts(region, "all")["assumed"] == 101  # 3 + 15 + 36 + 27 + 4 + 6 + 10
    assert "flows" not in set(quality_shares(region)["table"])


def test_a_column_may_be_of_other_quality_than_its_row() -> None:
    region = example("tiny")
    cells = region.cells.assign(quality=["official"] * 4 + ["assumed"] * 2)
    jobs = Provenance(column="cells.jobs", source="invented", quality=Quality.MODELLED)
    changed = region.replace(meta=replace(region.meta, provenance=(jobs,)), cells=cells)
    # of 36 values 6 are jobs (modelled); of the 30 others 4/6 are official = 20, 10 assumed
    assert counts(changed, "cells") == {"official": 20, "derived": 0, "modelled": 6, "assumed": 10}
    shares = quality_shares(changed)
    of_cells = shares[(shares["table"] == "cells") & (shares["quality"] == "official")]
    assert of_cells["share"].tolist() == pytest.approx([20 / 36])
