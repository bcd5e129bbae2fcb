"""Compiled kernels: one decorator, so that every kernel is compiled the same way.

Kernels release the interpreter's lock: blocks of origins run side by side on threads
(`yipan.network.threads`), never one search on several.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

import numba
from numba.core.dispatcher import Dispatcher

_RULES: dict[str, Any] = {"nogil": True, "boundscheck": False, "error_model": "numpy"}
F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function of numbers and arrays at its first call; the machine code is kept on disk.

    Integer arithmetic is exact and no bounds are checked: callers check shapes, kernels do not. Kept code
    holds the kernels it calls: it is compiled anew when the file of any of them has changed.
    """
    try:
        compiled: Any = numba.njit(cache=True, **_RULES)(function)
    except RuntimeError:  # nowhere to keep machine code: compiled in every process
        return cast(F, numba.njit(**_RULES)(function))
    # numba looks at the function's own file only, and would go on with old code of those it calls
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if kept is not None:  # there is none where compiling is switched off (NUMBA_DISABLE_JIT)
        kept._source_stamp = _stamp(cast(FunctionType, function))
    return cast(F, compiled)


def _stamp(function: FunctionType) -> tuple[tuple[str, int, int], ...]:
    """Return the files that a kernel and those it may call are written in, as they are now."""
    files: dict[str, tuple[int, int]] = {}
    waiting: list[Any] = [function]
    while waiting:
        this = waiting.pop()
        file = this.__code__.co_filename
        if file not in files:
            facts = Path(file).stat()
            files[file] = facts.st_mtime_ns, facts.st_size
            waiting += [v.py_func for v in this.__globals__.values() if isinstance(v, Dispatcher)]
    return tuple((file, *facts) for file, facts in sorted(files.items()))
