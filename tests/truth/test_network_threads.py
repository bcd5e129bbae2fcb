"""Blocks of rows on threads: all of them once, whatever fails, whoever asks at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from yipan import options
from yipan.network.threads import over_blocks

WAIT = 20.0


def test_a_failure_waits_for_running_blocks_and_begins_no_other() -> None:
    running, failed, ended = threading.Barrier(3, timeout=WAIT), threading.Event(), []

    def run(start: int, stop: int) -> None:
        if start > 2:
            ended.append(start)
            return
        running.wait()
        if start == 0:
            failed.set()
            raise ValueError("block 0")
        failed.wait(WAIT)
        threading.Event().wait(0.2)  # still at work when the other has failed
        ended.append(start)

    with options.using({"network.threads": 3}), pytest.raises(ValueError, match="block 0"):
        over_blocks(run, 50, block=1)
    assert sorted(ended) == [1, 2]


def test_every_failure_of_several_is_waited_for() -> None:
    running, ended = threading.Barrier(4, timeout=WAIT), []

    def run(start: int, stop: int) -> None:
        running.wait()
        if start < 3:
            raise ValueError("a block")
        threading.Event().wait(0.2)
        ended.append(start)

    with options.using({"network.threads": 4}), pytest.raises(ValueError, match="a block"):
        over_blocks(run, 4, block=1)
    assert ended == [3]


def test_blocks_inside_blocks_and_several_who_ask() -> None:
    def count(_: int) -> int:
        rows = [0] * 60

        def inner(base: int) -> None:
            def run(a: int, b: int) -> None:
                for i in range(a, b):
                    rows[base + i] += 1

            over_blocks(run, 10, block=1)

        with options.using({"network.threads": 3}):
            over_blocks(lambda a, b: inner(10 * a), 6, block=1)
        return rows.count(1)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(count, range(12))) == [60] * 12


def test_options_set_around_hold_in_every_block() -> None:
    together, seen = threading.Barrier(3, timeout=WAIT), []

    def run(start: int, stop: int) -> None:
        together.wait()  # so that each of three threads takes one
        seen.append(options.get("network.max_matrix_mb"))

    with options.using({"network.threads": 3, "network.max_matrix_mb": 77}):
        over_blocks(run, 3, block=1)
    assert seen == [77, 77, 77]
