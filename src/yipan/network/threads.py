"""Blocks of rows on threads: kernels release the lock, so blocks run side by side on one machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context

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

    Raises
    ------
    Exception
        What `run` raises: once, when no block runs any more; blocks that had not begun are left out.

    Examples
    --------
    >>> seen = []
    >>> over_blocks(lambda a, b: seen.append((a, b)), 5, block=2)
    >>> sorted(seen)
    [(0, 2), (2, 4), (4, 5)]
    """
    spans = [(a, min(a + block, n)) for a in range(0, n, max(1, block))]
    count = min(workers(), len(spans))
    left = iter(spans)

    def work() -> None:
        try:
            for a, b in left:  # the list's iterator hands each span to one thread only
                run(a, b)
        finally:
            list(left)  # after a failure no further block is begun

    # in a context of its own each, so that options set around this call hold in every block
    helpers = [_pool(count - 1).submit(copy_context().run, work) for _ in range(count - 1)]
    try:
        work()
    finally:
        begun = [h for h in helpers if not h.cancel()]  # not begun: nothing is left for it to do
        wait(begun)  # none writes any more when this returns or raises
    for helper in begun:
        helper.result()


_POOLS: dict[int, ThreadPoolExecutor] = {}
_LOCK = threading.Lock()


def _pool(size: int) -> ThreadPoolExecutor:
    """Return the threads that help the one that asks; kept, for starting them takes longer than a block."""
    with _LOCK:
        if size not in _POOLS:
            _POOLS[size] = ThreadPoolExecutor(size, thread_name_prefix="yipan")
        return _POOLS[size]


def _forget_pools() -> None:
    """Let a forked process start threads of its own."""
    global _LOCK  # noqa: PLW0603  (the old one may be held by a thread that is not there)
    _LOCK = threading.Lock()
    _POOLS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pools)
