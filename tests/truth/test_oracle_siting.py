"""Siting against the published optima of the OR-Library p-median instances (Beasley 1985)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from yipan.plan.siting.center import p_center
from yipan.plan.siting.median import p_median

HERE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "pmed"
pytestmark = pytest.mark.skipif(
    not HERE.is_dir(), reason="the OR-Library instances are not beside the repository"
)
Record = Callable[[str, object], None]
MEDIANS = (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39)
CENTERS = (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 25, 29, 35, 37)


def instance(number: int) -> tuple[NDArray[np.float64], int]:
    """Return distances and p; of edges listed twice the last one counts."""
    path = HERE / f"pmed{number}.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the repository")
    (n, _, p), *edges = [
        [int(w) for w in line.split()] for line in path.read_text().splitlines() if line.strip()
    ]
    lengths = np.zeros((n, n))
    for a, b, length in edges:
        lengths[a - 1, b - 1] = lengths[b - 1, a - 1] = length
    return shortest_path(lengths, directed=False), p


def published(name: str, number: int) -> int:
    words = [line.split() for line in (HERE / name).read_text().splitlines()]
    return next(int(w[1]) for w in words if w and w[0] == f"pmed{number}")


@pytest.mark.parametrize("number", MEDIANS)
def test_p_median_proved(number: int, record_property: Record) -> None:
    distance, p = instance(number)
    found = p_median(distance, p)
    optimum = published("pmedopt.txt", number)
    off = abs(found.value - optimum)
    record_property("oracle", f"pmed/pmedopt.txt (pmed{number})|exact|{off / optimum:g}")
    assert found.value == optimum
    assert found.proved
    assert found.bound == optimum
    assert len(set(found.chosen.tolist())) == p
    assert distance[np.arange(len(distance)), found.assigned].sum() == optimum


@pytest.mark.parametrize("number", CENTERS)
def test_p_center_proved(number: int, record_property: Record) -> None:
    distance, p = instance(number)
    found = p_center(distance, p)
    optimum = published("kcenteropt.txt", number)
    record_property("oracle", f"pmed/kcenteropt.txt (pmed{number})|exact|{abs(found.value / optimum - 1):g}")
    assert found.value == optimum
    assert found.proved
    assert found.bound == optimum
    assert len(set(found.chosen.tolist())) == p
    assert distance[np.arange(len(distance)), found.assigned].max() == optimum
