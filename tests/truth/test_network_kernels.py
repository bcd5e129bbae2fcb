"""Kernels where machine code cannot be kept, and where compiling is switched off."""

from __future__ import annotations

import os
import subprocess
import sys

import numba
import pytest

from yipan.network import jit


def test_without_a_place_to_keep_code_kernels_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def njit(*given: object, **rules: object) -> object:
        if rules.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(*given, **rules)

    monkeypatch.setattr(jit.numba, "njit", njit)

    def add(a: int, b: int) -> int:
        return a + b

    assert jit.kernel(add)(2, 3) == 5


def test_kernels_run_when_compiling_is_switched_off() -> None:
    code = (
        "import numpy as np; from yipan.network.minplus import closure;"
        "print(closure(np.array([[9, 2, 9], [9, 9, 2], [9, 9, 9]], dtype=np.int32)).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[[0, 2, 4], [9, 0, 2], [9, 9, 0]]", done.stderr[-500:]
