"""Compiled kernels: one decorator, so that every kernel is compiled the same way.

Kernels release the interpreter's lock: blocks of origins run side by side on threads
(`yipan.network.threads`), never one search on several.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function of numbers and arrays at its first call; the machine code is kept on disk.

    Integer arithmetic is exact and no bounds are checked: callers check shapes, kernels do not.
    """
    return cast(F, numba.njit(cache=True, nogil=True, boundscheck=False, error_model="numpy")(function))
