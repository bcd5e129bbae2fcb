"""Robustness as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yipan.plan.argue.files import read_as, written
from yipan.plan.robust.values import Robustness

FORMAT = "yipan-robustness"
VERSION = 1


def robustness_to_dict(found: Robustness) -> dict[str, Any]:
    """Return robustness as a JSON-ready mapping (values in points, texts as zh and en)."""
    return written(found, FORMAT, version=VERSION)


def robustness_from_dict(data: Mapping[str, Any]) -> Robustness:
    """Return what `robustness_to_dict` wrote.

    Raises
    ------
    PlanError
        When this is not such a mapping, or not all of it is there.
    """
    return read_as(Robustness, data, form=FORMAT, version=VERSION)
