"""Hand-worked what-ifs on small boards; arithmetic in the comments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from yipan.network.minplus import FAR, closure, lower, product
from yipan.network.values import UNREACHED
from yipan.network.whatif import (
    Board,
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
    rides,
    users,
    within_limits,
)

# five cells in a row, 10 units on foot from each to the next
ROW = np.abs(np.arange(5)[:, None] - np.arange(5)) * 10


def row(dtype: type = np.uint16) -> Board:
    return board_of(ROW.astype(dtype), unit=4.0, slack=0)


def after(board: Board, cells: list[int], services: list, **given: int) -> list[list[int]]:
    return overlaid(board, lowered(board, change(hubs_at(board, cells), services, **given))).times.tolist()


@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
def test_a_line_of_three_stops(dtype: type) -> None:
    # stops at cells 0, 2, 4; wait 5, rides 4 and 6, dwell 1: 0→2 takes 9, 2→4 takes 11, 0→4 takes 16
    got = after(row(dtype), [0, 2, 4], [line([0, 1, 2], [4, 6], wait=5, dwell=1)])
    assert got[0] == [0, 10, 9, 19, 16]  # to 3: off at 2 and on foot, 9 + 10; off at 4 and back is 26
    assert got[1] == [10, 0, 10, 20, 21]  # to 4: on foot to 2 and ride, 10 + 11; back to 0 and ride is 26
    assert got[4] == [16, 21, 11, 10, 0]  # the other way round; to 1: off at 2, 11 + 10


def test_rides_and_waits_of_zero() -> None:
    got = after(row(), [0, 4], [line([0, 1], [0], wait=0)])
    assert got[0] == [0, 10, 20, 10, 0]  # cells 0 and 4 are one place now
    assert got[1] == [10, 0, 10, 20, 10]
    assert got[2] == [20, 10, 0, 10, 20]


def test_a_loop_runs_on_past_its_first_stop_and_a_link_one_way() -> None:
    loop = line([0, 1, 2, 0], [3, 4, 5], wait=2, dwell=1)
    # from 1: to 2 is 2 + 4; to 0 back along the first side 2 + 3; from 2 to 1 back 2 + 4; from 0 to 2: 2 + 5
    assert rides(3, [loop]).tolist() == [[2 + 3 + 4 + 5 + 2, 5, 7], [5, 14 + 2, 6], [7, 6, 14 + 2]]
    one_way = after(row(), [0, 4], [Link(0, 1, 7, both=False)])
    assert one_way[0] == [0, 10, 20, 17, 7]
    assert one_way[4] == ROW[4].tolist()


def test_lines_that_share_a_stop_join_and_a_change_costs_the_transfer() -> None:
    # 0–2 and 2–4, each wait 1 and ride 3: 0→4 takes 4 + 4, and 3 more for the change
    both = [line([0, 1], [3], wait=1), line([1, 2], [3], wait=1)]
    assert after(row(), [0, 2, 4], both)[0] == [0, 10, 4, 14, 8]
    assert after(row(), [0, 2, 4], both, transfer=3)[0] == [0, 10, 4, 14, 11]
    assert after(row(), [0, 2, 4], both[::-1], transfer=3) == after(row(), [0, 2, 4], both, transfer=3)


def test_two_projects_with_the_board_between_them() -> None:
    # links 0→1 and 3→4 of 1 each, on foot 20 between: 0→4 takes 22
    got = after(row(), [0, 1, 3, 4], [Link(0, 1, 1), Link(2, 3, 1)])
    assert got[0] == [0, 1, 11, 21, 22]


def test_hubs_off_the_cells_are_walked_to() -> None:
    # place p is 2 from cell 0 and 9 from cell 1, place q is 3 from cell 4
    board = row()
    hubs = hubs_at(board, [0, 1, 4], legs=[2, 9, 3], hub=[0, 0, 1])
    assert hubs.to.tolist() == [[2, 43], [9, 33], [19, 23], [29, 13], [39, 3]]  # 1: 9 beats 10 + 2; 2: 10 + 9
    assert hubs.out.tolist() == hubs.to.T.tolist()
    assert hubs.between.tolist() == [[0, 42], [42, 0]]  # 9 + 30 + 3 from cell 1; from cell 0: 2 + 40 + 3
    got = overlaid(board, lowered(board, change(hubs, [Link(0, 1, 5)]))).times.tolist()
    assert got[0] == [0, 10, 20, 20, 10]  # 2 + 5 + 3, and back 10 to cell 3
    assert got[1] == [10, 0, 10, 20, 17]  # 9 + 5 + 3


def test_the_time_inside_a_cell_is_no_way_through_it() -> None:
    times = ROW.astype(np.uint16)
    np.fill_diagonal(times, 7)
    got = overlaid(b := board_of(times, slack=0), lowered(b, change(hubs_at(b, [0, 4]), [Link(0, 1, 3)])))
    assert got.times.tolist()[0] == [7, 10, 20, 13, 3]
    assert got.times.tolist()[2] == [20, 10, 7, 10, 20]


@pytest.mark.parametrize(
    ("dtype", "none"), [(np.uint16, 65535), (np.int32, int(UNREACHED)), (np.int32, int(FAR))]
)
def test_sums_stop_at_no_way(dtype: type, none: int) -> None:
    # islands {0, 1} and {2}; a link of 9 from 1 to 2; and one that would take longer than can be stored
    times = np.array([[0, 4, none], [4, 0, none], [none, none, 0]], dtype=dtype)
    assert after(board_of(times, slack=0), [1, 2], [Link(0, 1, 9)]) == [[0, 4, 13], [4, 0, 9], [13, 9, 0]]
    most = 65534 if dtype == np.uint16 else int(FAR) - 1
    joined = after(board_of(times, slack=0), [1, 2], [Link(0, 1, most - 4)])
    assert joined[0] == [0, 4, most]
    beyond = lowered(b := board_of(times, slack=0), change(hubs_at(b, [1, 2]), [Link(0, 1, most - 3)]))
    assert overlaid(b, beyond).times[0].tolist() == [0, 4, none]  # 4 + most − 3 is no way any more
    assert beyond.origins.tolist() == [1, 2]  # between 1 and 2 themselves it is


def test_origins_that_gain_nothing_are_not_in_the_delta() -> None:
    # the link saves 1 between cells 3 and 4: for 4 and to 4 only
    delta = lowered(b := row(), change(hubs_at(b, [3, 4]), [Link(0, 1, 9)]))
    assert delta.origins.tolist() == [0, 1, 2, 3, 4]
    nothing = lowered(b, change(hubs_at(b, [3, 4]), [Link(0, 1, 10)]))
    assert nothing.origins.tolist() == []
    assert overlaid(b, nothing).times.tolist() == b.times.tolist()
    assert lowered(b, change(hubs_at(b, []), [])).origins.tolist() == []
    one_way = lowered(b, change(hubs_at(b, [0, 4]), [Link(0, 1, 15, both=False)]))
    assert one_way.origins.tolist() == [
        0,
        1,
    ]  # 10 + 15 from cell 1 beats 30; from cell 2 it is 20 + 15, not below 20


def test_access_within_limits_and_by_decay() -> None:
    b, weights = row(), np.array([1.0, 10.0, 100.0, 1000.0, 10000.0])
    new = change(hubs_at(b, [0, 4]), [Link(0, 1, 3)])
    # from 0: 10 → 10; 20 → 20; 30 → 13; 40 → 3
    steps = within_limits(weights, [5, 15])
    assert access(b, steps)[0].tolist() == [1.0, 11.0]
    gained = gain_access(b, new, steps)
    assert gained.access[0].tolist() == [10000.0, 11000.0]
    assert gained.access[2].tolist() == [0.0, 0.0]
    assert gained.origins.tolist() == [0, 1, 3, 4]
    # 1 at 0 units, 1/2 at 1 to 19, 1/4 from 20 to 29: from 0 the gain is 1000/2 (was 0) and 10000/2 (was 0)
    table = np.concatenate([[1.0], np.full(19, 0.5), np.full(10, 0.25)])
    decay = by_decay(weights, table)
    assert access(b, decay)[0].tolist() == [1 + 5 + 25]
    assert gain_access(b, new, decay).access[0].tolist() == [500 + 5000]


def test_the_users_of_a_line_and_closing_it() -> None:
    b = row()
    links = [Link(0, 1, 9, both=False)]
    faster = overlaid(b, lowered(b, change(hubs_at(b, [3, 4]), links)))
    assert users(faster, change(hubs_at(faster, [3, 4]), links)).tolist() == [0, 1, 2, 3]  # 4 never rides it
    # as short as walking: every origin before it might use it, and none needs it
    equal = [Link(0, 1, 10, both=False)]
    assert users(b, change(hubs_at(b, [3, 4]), equal)).tolist() == [0, 1, 2, 3]
    delta = closed(faster, change(hubs_at(faster, [3, 4]), links), lambda o: b.times[o])
    assert delta.origins.tolist() == [0, 1, 2, 3]
    assert overlaid(faster, delta).times.tolist() == ROW.tolist()
    same = closed(b, change(hubs_at(b, [3, 4]), equal), lambda o: b.times[o])
    assert same.origins.tolist() == []


def test_boards_to_places_have_no_diagonal_and_may_lie_on_disk(tmp_path: Path) -> None:
    # two places, 1 from cell 0 and 1 from cell 4
    to_places = np.stack([ROW[:, 0] + 1, ROW[:, 4] + 1], axis=1).astype(np.uint16)
    np.save(tmp_path / "t.npy", to_places)
    board = board_of(np.load(tmp_path / "t.npy", mmap_mode="r"), slack=0, diagonal=False)
    cells = hubs_at(row(), [0, 4])
    hubs = type(cells)(cells.to, to_places[[0, 4]].copy(), cells.between)
    got = overlaid(board, lowered(board, change(hubs, [Link(0, 1, 3)]))).times.tolist()
    assert got == [[1, 4], [11, 14], [21, 21], [14, 11], [4, 1]]
    assert np.load(tmp_path / "t.npy").tolist() == to_places.tolist()


def test_what_cannot_be_a_board_or_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="uint16 or int32"):
        board_of(ROW)
    with pytest.raises(ValueError, match="square"):
        board_of(ROW[:2].astype(np.int32))
    for hubs, times, wait in (([0], [], 1), ([0, 1], [1, 2], 1), ([0, 1], [1], -1), ([0, 1], [-1], 1)):
        with pytest.raises(ValueError, match="two stops or more"):
            line(hubs, times, wait=wait)


def test_what_does_not_fit_the_board_is_refused() -> None:
    b = row()
    with pytest.raises(ValueError, match="hubs there are"):
        change(hubs_at(b, [0, 1]), [Link(0, 2, 1)])
    with pytest.raises(ValueError, match="hubs there are"):
        change(hubs_at(b, [0, 1]), [line([0, -1], [1], wait=1)])
    with pytest.raises(ValueError, match="negative time"):
        change(hubs_at(b, [0, 1]), [Link(0, 1, -1)])
    with pytest.raises(ValueError, match="another board"):
        lowered(board_of(ROW[:4, :4].astype(np.uint16)), change(hubs_at(b, [0, 1]), [Link(0, 1, 1)]))
    with pytest.raises(ValueError, match="another type"):
        lowered(row(np.int32), change(hubs_at(b, [0, 1]), [Link(0, 1, 1)]))
    with pytest.raises(ValueError, match="each destination"):
        access(b, within_limits(np.ones(4), [1]))
    for limits in ([], [-1]):
        with pytest.raises(ValueError, match="limits are units"):
            within_limits(np.ones(5), limits)


def test_hubs_that_cannot_be_are_refused() -> None:
    b = row()
    for cells, given, words in (
        ([0, -1], {}, "cells are 0 … 4"),
        ([0, 5], {}, "cells are 0 … 4"),
        ([0, 1], {"legs": [1, -1]}, "none negative"),
        ([0, 1], {"legs": [1]}, "each cell"),
        ([0, 1, 2], {"hub": [0, 1, 0]}, "in order"),
        ([0, 1, 2], {"hub": [0, 0, 2]}, "none left out"),
        ([0, 1, 2], {"hub": [1, 1, 2]}, "from 0 on"),
    ):
        with pytest.raises(ValueError, match=words):
            hubs_at(b, cells, **given)
    with pytest.raises(ValueError, match="same cells"):
        hubs_at(board_of(ROW[:, :4].astype(np.uint16), diagonal=False), [0, 1])


def test_a_walk_longer_than_any_time_reaches_no_hub() -> None:
    hubs = hubs_at(row(), [0, 4], legs=[70_000, 0])  # in 16 bits 70,000 is 4,464
    assert hubs.to.T.tolist() == [[65535] * 5, [40, 30, 20, 10, 0]]
    assert hubs.between.tolist()[1][0] >= 65535


def test_limits_and_decays_longer_than_any_time_count_all_that_is_reached() -> None:
    times = np.array([[0, 4, 65535], [4, 0, 65535], [65535, 65535, 0]], dtype=np.uint16)
    b, weights = board_of(times, slack=0), np.array([1.0, 10.0, 100.0])
    new = change(hubs_at(b, [1, 2]), [Link(0, 1, 65530)])  # 0 → 2 takes 65534, as long as can be stored
    for measures in (within_limits(weights, [70_000]), by_decay(weights, np.ones(70_000))):
        assert access(b, measures).tolist() == [[11.0], [11.0], [100.0]]
        assert gain_access(b, new, measures).access.tolist() == [[100.0], [100.0], [11.0]]


def test_boards_of_one_cell_and_of_none() -> None:
    for n in (0, 1):
        b = board_of(np.full((n, n), 3, dtype=np.uint16), slack=0)
        new = change(hubs_at(b, list(range(n))), [])
        assert overlaid(b, lowered(b, new)).times.shape == (n, n)
        assert gain_access(b, new, within_limits(np.ones(n), [5])).access.tolist() == [[0.0]] * n
        assert access(b, within_limits(np.ones(n), [5])).tolist() == [[1.0]] * n
        assert users(b, new).tolist() == []


@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
def test_products_equal_numpy(dtype: type) -> None:
    """Many hubs, several tiles and blocks, enough of them for threads; some without a way."""
    rng, none = np.random.default_rng(2), 65535 if dtype == np.uint16 else int(FAR)
    left, right = rng.integers(0, 60_000, (130, 37)), rng.integers(0, 60_000, (37, 1030))
    left[rng.random(left.shape) < 0.1] = none
    right[rng.random(right.shape) < 0.1] = none
    target = rng.integers(0, 60_000, (130, 1030))
    least = np.minimum((left[:, :, None] + right).min(axis=1), none)
    np.testing.assert_array_equal(product(left.astype(dtype), right.astype(dtype)), least)
    got = target.astype(dtype)
    lower(got, left.astype(dtype), right.astype(dtype))
    np.testing.assert_array_equal(got, np.minimum(target, least))


def test_closure_stays_at_no_way() -> None:
    none = int(FAR)
    streets = np.array([[none, 5, none], [none, none, none - 3], [none, none, none]], dtype=np.int32)
    assert closure(streets).tolist() == [[0, 5, none], [none, 0, none - 3], [none, none, 0]]
