"""Blocks of rows on threads: kernels release the lock, so blocks run side by side on one machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from yipan import options


def workers() -> int:
    """Return how many threads to use: option ``network.threads``, or every core this process may use."""
    wanted = options.get("network.threads")
    if wanted:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def over_blocks(run: Callable[[int, int], None], n: int, *, block: int) -> None:
    """Call ``run(start, stop)`` for blocks that together cover ``range(n)``, on threads.

    Parameters
    ----------
    run
        Works on rows ``start`` to ``stop − 1`` and writes its results in place; it must not touch the rows
        of another block.
    block
        Rows a call; small enough that the last block keeps no thread waiting for long.

    Examples
    --------
    >>> seen = []
    >>> over_blocks(lambda a, b: seen.append((a, b)), 5, block=2)
    >>> sorted(seen)
    [(0, 2), (2, 4), (4, 5)]
    """
    spans = [(a, min(a + block, n)) for a in range(0, n, max(1, block))]
    count = min(workers(), len(spans))
    if count <= 1:
        for a, b in spans:
            run(a, b)
        return
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(run, a, b) for a, b in spans]:
            done.result()
