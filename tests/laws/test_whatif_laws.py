"""Laws of what-ifs on a board: equal to Floyd and Warshall, to each other in any order, and back again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.network.minplus import FAR
from yipan.network.services import Service
from yipan.network.values import UNREACHED
from yipan.network.whatif import (
    Board,
    Change,
    Link,
    access,
    board_of,
    by_decay,
    change,
    closed,
    gain_access,
    hubs_at,
    line,
    lowered,
    overlaid,
    users,
    within_limits,
)

few = settings(max_examples=60, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
types = st.sampled_from([np.uint16, np.int32])
NONE = {np.uint16: 65535, np.int32: int(UNREACHED)}
Project = list[Service | Link]


def floyd(times: np.ndarray) -> np.ndarray:
    """Shortest times over all cells, in whole numbers that cannot overflow; from 10**9 on: no way."""
    out = times.astype(np.int64)
    np.fill_diagonal(out, 0)
    for k in range(len(out)):
        for i in range(len(out)):
            out[i] = np.minimum(out[i], out[i, k] + out[k])
    return np.minimum(out, 10**9)


def city(rng: np.random.Generator, n: int, *, long: int = 60) -> np.ndarray:
    """Shortest times over random one-way streets; some cells may not be reached."""
    streets = np.full((n, n), 10**9)
    for _ in range(int(rng.integers(n, 4 * n))):
        streets[tuple(rng.integers(0, n, 2))] = rng.integers(1, long)
    return floyd(streets)


def on_board(times: np.ndarray, dtype: Any, *, own: np.ndarray, slack: int | None = 0) -> Board:
    held = np.where(times >= 10**9, NONE[dtype], times).astype(dtype)
    np.fill_diagonal(held, own)
    return board_of(held, slack=slack)


def plain(board: Board) -> np.ndarray:
    """Times of a board as int64, 10**9 where there is no way, 0 on the diagonal."""
    limit = 65535 if board.times.dtype == np.uint16 else int(FAR)
    out = np.where(board.times >= limit, 10**9, board.times.astype(np.int64))
    np.fill_diagonal(out, 0)
    return out


def random_project(rng: np.random.Generator, n: int) -> Project:
    out: Project = []
    for _ in range(int(rng.integers(1, 4))):
        if n > 2 and rng.random() < 0.6:
            stops = rng.choice(n, int(rng.integers(2, min(n, 6) + 1)), replace=False).tolist()
            if len(stops) > 2 and rng.random() < 0.3:
                stops.append(stops[0])
            rides = rng.integers(0, 12, len(stops) - 1).tolist()
            out.append(line(stops, rides, wait=int(rng.integers(0, 6)), dwell=int(rng.integers(0, 3))))
        else:
            a, b = rng.integers(0, n, 2).tolist()
            out.append(Link(a, b, int(rng.integers(0, 20)), both=bool(rng.random() < 0.5)))
    return out


def rides_of(project: Project, n: int) -> np.ndarray:
    """One ride or link from cell to cell, by riding along every line stop after stop."""
    out = np.full((n, n), 10**9)
    for s in project:
        if isinstance(s, Link):
            for a, b in [(s.start, s.end)] + ([(s.end, s.start)] if s.both else []):
                out[a, b] = min(out[a, b], s.time)
            continue
        stops, hops = s.stations.tolist(), s.rides.tolist()
        loop = len(stops) > 2 and stops[0] == stops[-1]
        for course in ((stops, hops), (stops[::-1], hops[::-1])):
            legs = [(a, b, t) for (a, b), t in zip(pairwise(course[0]), course[1], strict=True)]
            for start in range(len(legs)):
                spent = s.wait
                for k in range(len(legs)):
                    if start + k >= len(legs) and not loop:
                        break
                    _, b, t = legs[(start + k) % len(legs)]
                    spent += t + (s.dwell if k else 0)
                    out[legs[start][0], b] = min(out[legs[start][0], b], spent)
    return out


def build(board: Board, project: Project) -> Change:
    return change(hubs_at(board, list(range(len(board.times)))), project)


@few
@given(seed=seeds, n=st.integers(2, 14), dtype=types)
def test_a_project_equals_floyd_and_warshall(seed: int, n: int, dtype: Any) -> None:
    rng = np.random.default_rng(seed)
    own = rng.integers(0, 9, n)
    board, project = on_board(city(rng, n), dtype, own=own), random_project(rng, n)
    new = overlaid(board, lowered(board, build(board, project)))
    expected = floyd(np.minimum(plain(board), rides_of(project, n)))
    np.testing.assert_array_equal(plain(new), expected)
    np.testing.assert_array_equal(np.diag(new.times), own)  # a trip inside a cell stays as it is
    assert new.tops.tolist() == new.times.max(axis=1, keepdims=True).tolist()


@few
@given(seed=seeds, n=st.integers(2, 12))
def test_projects_compose_in_any_order_and_all_at_once(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    board = on_board(city(rng, n), np.uint16, own=np.zeros(n))
    one, two = random_project(rng, n), random_project(rng, n)

    def after(start: Board, *projects: Project) -> Board:
        for p in projects:
            start = overlaid(start, lowered(start, build(start, p)))
        return start

    at_once = after(board, one + two).times
    np.testing.assert_array_equal(after(board, one, two).times, at_once)
    np.testing.assert_array_equal(after(board, two, one).times, at_once)
    np.testing.assert_array_equal(after(board, two + one).times, at_once)
    assert (at_once <= board.times).all()


@few
@given(seed=seeds, n=st.integers(2, 12), slack=st.integers(0, 30))
def test_passing_over_origins_within_the_slack_changes_nothing(seed: int, n: int, slack: int) -> None:
    """A board that breaks the triangle inequality by at most `slack`: shortest times, plus up to it."""
    rng = np.random.default_rng(seed)
    times = city(rng, n)
    off = np.where(times < 10**9, times + rng.integers(0, slack + 1, times.shape), times)
    project = random_project(rng, n)
    known, unknown = (on_board(off, np.uint16, own=np.zeros(n), slack=s) for s in (slack, None))
    a, b = (overlaid(x, lowered(x, build(x, project))) for x in (known, unknown))
    np.testing.assert_array_equal(a.times, b.times)


@few
@given(seed=seeds, n=st.integers(2, 12), dtype=types)
def test_a_board_of_any_numbers_is_lowered_as_the_formula_says(seed: int, n: int, dtype: Any) -> None:
    """No triangle inequality at all, ways that add up beyond the longest time, and cells not reached."""
    rng = np.random.default_rng(seed)
    times = rng.integers(0, 70_000, (n, n))
    times[times > 65_000] = 10**9
    board = on_board(times, dtype, own=np.zeros(n), slack=None)
    hubs = sorted(rng.choice(n, int(rng.integers(2, n + 1)), replace=False).tolist())
    stops = rng.permutation(len(hubs))[: int(rng.integers(2, len(hubs) + 1))].tolist()
    one = line(stops, rng.integers(0, 500, len(stops) - 1).tolist(), wait=int(rng.integers(0, 100)))
    new = overlaid(board, lowered(board, change(hubs_at(board, hubs), [one])))
    base = plain(board)
    rides, between = rides_of([one], len(hubs)), base[np.ix_(hubs, hubs)]
    best = floyd_of_rides(rides, between)
    expected = base.copy()
    for i, a in enumerate(hubs):
        for j, b in enumerate(hubs):
            expected = np.minimum(expected, base[:, [a]] + best[i, j] + base[[b]])
    expected[expected >= (65535 if dtype == np.uint16 else 10**9)] = 10**9
    np.fill_diagonal(expected, 0)
    np.testing.assert_array_equal(plain(new), expected)


def floyd_of_rides(rides: np.ndarray, between: np.ndarray) -> np.ndarray:
    """Ride, or ride, the board, ride, …, until nothing becomes shorter."""
    out = rides.copy()
    for _ in range(len(rides)):
        onward = (between[:, :, None] + out[None]).min(axis=1)
        out = np.minimum(out, (rides[:, :, None] + onward[None]).min(axis=1))
    return np.minimum(out, 10**9)


@few
@given(seed=seeds, n=st.integers(2, 14), dtype=types, known=st.booleans())
def test_access_from_what_is_gained_equals_access_of_the_whole_board(
    seed: int, n: int, dtype: Any, known: bool
) -> None:
    rng = np.random.default_rng(seed)
    board = on_board(city(rng, n), dtype, own=rng.integers(0, 9, n), slack=0 if known else None)
    new = build(board, random_project(rng, n))
    after = overlaid(board, lowered(board, new))
    weights = rng.integers(0, 1000, (n, 2)).astype(float)
    limits = np.unique(rng.integers(0, 80, 3)).tolist()
    steps = within_limits(weights, limits)
    gained = gain_access(board, new, steps)
    np.testing.assert_array_equal(access(board, steps) + gained.access, access(after, steps))
    whole = [((after.times <= x) * weights[:, w]).sum(axis=1) for w in range(2) for x in limits]
    np.testing.assert_array_equal(access(after, steps), np.stack(whole, axis=1))
    np.testing.assert_array_equal(gained.origins, np.flatnonzero(crossed(board, after, limits)))

    tables = np.exp(-np.outer([0.02, 0.1], np.arange(70)))
    decay = by_decay(weights, tables)
    total = access(board, decay) + gain_access(board, new, decay).access
    np.testing.assert_allclose(total, access(after, decay), rtol=1e-12, atol=1e-9)
    closed_tables = np.concatenate([tables, np.zeros((2, 1))], axis=1)
    left = closed_tables[:, np.minimum(after.times, 70)]
    whole = [left[f] @ weights[:, w] for w in range(2) for f in range(2)]
    np.testing.assert_allclose(access(after, decay), np.stack(whole, axis=1))


def crossed(board: Board, after: Board, limits: list[int]) -> np.ndarray:
    return np.any([(after.times <= x) & (board.times > x) for x in limits], axis=0).any(axis=1)


@few
@given(seed=seeds, n=st.integers(2, 14), dtype=types)
def test_closing_what_was_opened_gives_the_board_back_and_asks_for_its_users_only(
    seed: int, n: int, dtype: Any
) -> None:
    rng = np.random.default_rng(seed)
    board = on_board(city(rng, n), dtype, own=rng.integers(0, 9, n))
    kept, shut = random_project(rng, n), random_project(rng, n)
    without = overlaid(board, lowered(board, build(board, kept)))
    full = overlaid(without, lowered(without, build(without, shut)))
    asked: list[int] = []

    def rows(origins: np.ndarray) -> np.ndarray:
        asked.extend(origins.tolist())
        return without.times[origins]

    delta = closed(full, build(full, shut), rows)
    back = overlaid(full, delta)
    np.testing.assert_array_equal(back.times, without.times)
    np.testing.assert_array_equal(back.tops, without.tops)
    changed = (full.times != without.times).any(axis=1)
    assert set(np.flatnonzero(changed)) <= set(asked)
    np.testing.assert_array_equal(delta.origins, np.flatnonzero(changed))


@few
@given(seed=seeds, n=st.integers(3, 12))
def test_a_new_stop_on_a_line_is_its_closure_and_the_line_as_it_runs_then(seed: int, n: int) -> None:
    """Slower for those who pass through, faster for those at the stop: neither a gain nor a loss."""
    rng = np.random.default_rng(seed)
    board = on_board(city(rng, n), np.uint16, own=np.zeros(n))
    stops, at = rng.permutation(n).tolist(), int(rng.integers(1, n - 1))
    hops = rng.integers(0, 12, n - 1).tolist()
    fewer = [*stops[:at], *stops[at + 1 :]]
    before = line(fewer, [*hops[: at - 1], hops[at - 1] + hops[at], *hops[at + 1 :]], wait=3, dwell=2)
    after = line(stops, hops, wait=3, dwell=2)
    running = overlaid(board, lowered(board, build(board, [before])))
    shut = closed(running, build(running, [before]), lambda origins: board.times[origins])
    without = overlaid(running, shut)
    new = overlaid(without, lowered(without, build(without, [after])))
    expected = floyd(np.minimum(plain(board), rides_of([after], n)))
    np.testing.assert_array_equal(plain(new), expected)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
def test_tiles_and_blocks_join_without_a_seam(dtype: Any) -> None:
    """1,100 cells are three tiles, the last one short, and eighteen blocks of origins."""
    rng = np.random.default_rng(4)
    at = rng.integers(0, 900, (1100, 2))
    times = np.abs(at[:, None] - at).sum(axis=2)  # streets of a grid: shortest paths
    board = on_board(times, dtype, own=rng.integers(0, 30, 1100))
    cells = np.sort(rng.choice(1100, 12, replace=False)).tolist()
    lines = [line(rng.permutation(12)[:8].tolist(), [20] * 7, wait=15, dwell=3) for _ in range(2)]
    new = change(hubs_at(board, cells), lines)
    delta = lowered(board, new)
    after = overlaid(board, delta)
    rides = np.full((1100, 1100), 10**9)
    rides[np.ix_(cells, cells)] = rides_of(lines, 12)
    joined = floyd(np.minimum(plain(board), rides)[np.ix_(cells, cells)])  # on the board and by the lines
    expected = np.minimum(times, hub_product(times, joined, cells))
    np.testing.assert_array_equal(plain(after), expected)
    differs = after.times != board.times
    np.testing.assert_array_equal(delta.origins, np.flatnonzero(differs.any(axis=1)))
    pieces = set(zip(delta.rows.tolist(), delta.tiles.tolist(), strict=True))
    assert pieces == {(int(o), int(d) // 512) for o, d in np.argwhere(differs)}
    people = within_limits(rng.integers(0, 100, 1100).astype(float), [100, 300, 600])
    gained = gain_access(board, new, people)
    np.testing.assert_array_equal(access(board, people) + gained.access, access(after, people))
    assert set(users(after, change(hubs_at(after, cells), lines)).tolist()) >= set(delta.origins.tolist())


def hub_product(times: np.ndarray, joined: np.ndarray, cells: list[int]) -> np.ndarray:
    out = np.full(times.shape, 10**9)
    for i, a in enumerate(cells):
        for j, b in enumerate(cells):
            np.minimum(out, times[:, [a]] + joined[i, j] + times[[b]], out=out)
    return out
