"""Kernels kept on disk are those of the sources there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

USES = """
from steps import step
from yipan.network.jit import kernel

@kernel
def twice(x):
    return step(step(x))

print(twice(0), twice.stats.cache_hits[twice.signatures[0]] if twice.stats.cache_hits else 0)
"""
STEPS = """
from yipan.network.jit import kernel

@kernel
def step(x):
    return x + {by}
"""


def test_a_kernel_is_compiled_again_when_one_it_calls_has_changed(tmp_path: Path) -> None:
    (tmp_path / "uses.py").write_text(USES, encoding="utf-8")
    for by, expected in ((1, "2 0"), (1, "2 1"), (500, "1000 0")):
        text = STEPS.format(by=by)
        if not (tmp_path / "steps.py").exists() or (tmp_path / "steps.py").read_text("utf-8") != text:
            (tmp_path / "steps.py").write_text(text, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "uses.py"], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        assert ran.stdout.strip() == expected
