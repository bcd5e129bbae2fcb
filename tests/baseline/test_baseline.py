from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("baseline_refresh", HERE / "refresh.py")
assert SPEC is not None
assert SPEC.loader is not None
refresh = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(refresh)


def flat(value: object, at: str = "") -> dict[str, object]:
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in flat(inner, f"{at}/{key}").items()}
    return {at: value}


def test_results_of_the_examples_are_as_recorded() -> None:
    recorded = flat(json.loads((HERE / "examples.json").read_text(encoding="utf-8")))
    now = flat(json.loads(json.dumps(refresh.current())))
    assert sorted(now) == sorted(recorded)
    changed = {
        k: (recorded[k], v) for k, v in now.items() if v != pytest.approx(recorded[k], abs=2e-4, nan_ok=True)
    }
    assert not changed, "results changed; if this is meant, run: make baseline"
