"""Door-to-door times of a region with streets, worked out by hand and by a plain search."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from street_fixture import BUS, CELLS, SIDE, WALK_KMH, assumed, at, city, folder
from yipan import network
from yipan.errors import OptionError, RegionError
from yipan.loop import check_folder
from yipan.measure import measure
from yipan.network import UNREACHED, Window, describe_network, street_reach, times_to_points, travel_times
from yipan.network.distance import straight_km
from yipan.network.door.board import board_of
from yipan.network.door.settings import street_costs, window_of
from yipan.network.matrix.cluster import compute_on_cluster, connected
from yipan.network.matrix.run import compute_matrix
from yipan.network.rows import travel_rows
from yipan.network.streets.speeds import SPEEDS
from yipan.region import Region, example
from yipan.region.read import read_region


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return city(tmp_path_factory.mktemp("city") / "blocks")


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (x, y), (u, v) = at(*a), at(*b)
    return 1000 * float(straight_km(np.array([x]), np.array([y]), np.array([u]), np.array([v]))[0])


def on_foot(kmh: float = WALK_KMH) -> np.ndarray:
    """Return seconds of walking between all crossings, by scipy on a graph of their blocks."""
    row, column, weight = [], [], []
    for r in range(SIDE):
        for c in range(SIDE):
            for dc, dr in ((1, 0), (0, 1)):
                if c + dc < SIDE and r + dr < SIDE:
                    row.append(r * SIDE + c)
                    column.append((r + dr) * SIDE + c + dc)
                    weight.append(metres((c, r), (c + dc, r + dr)) * 3.6 / kmh)
    n = SIDE * SIDE
    graph = coo_array((weight, (row, column)), shape=(n, n)).tocsr()
    return np.asarray(dijkstra(graph, directed=False))


def node(p: tuple[int, int]) -> int:
    return p[1] * SIDE + p[0]


def test_driving_is_the_way_along_streets_and_both_ends(blocks: Region) -> None:
    times = travel_times(blocks, "drive").seconds
    drive = on_foot(30 * share(blocks))
    terminal = 60 * blocks.assumption("terminal_time").value
    for i, a in enumerate(CELLS):
        for j, b in enumerate(CELLS):
            if i != j:
                assert times[i, j] == pytest.approx(drive[node(a), node(b)] + terminal, abs=1.0)


def share(region: Region) -> float:
    """Return the share of the limit that is driven on residential streets."""
    return SPEEDS.driven("residential", 30.0) / 30.0 / region.assumption("congestion").value


def by_hand(region: Region, percentile: int) -> np.ndarray:
    """Return times by the one bus line, departure by departure, from its timetable as it was written."""
    walk = on_foot()
    limit = region.assumption("walk_limit").value * 3600 / WALK_KMH
    out = np.zeros((len(CELLS), len(CELLS)))
    departures = range(8 * 3600, 9 * 3600, 60)
    for i, a in enumerate(CELLS):
        for j, b in enumerate(CELLS):
            spent = []
            for t in departures:
                best = walk[node(a), node(b)]
                for way in (0, 1):
                    order = BUS if way == 0 else BUS[::-1]
                    for x in range(len(order)):
                        reach = walk[node(a), node(order[x])]
                        if reach > limit:
                            continue
                        first = 6 * 3600 + 120 * way + 60 * x
                        wait = math.ceil((t + math.floor(reach + 0.5) - first) / 600)
                        leave = first + 600 * max(0, wait)
                        for y in range(x + 1, len(order)):
                            off = walk[node(order[y]), node(b)]
                            if off <= limit:
                                best = min(best, leave + 60 * (y - x) + math.floor(off + 0.5) - t)
                spent.append(best)
            rank = max(1, math.ceil(percentile * len(spent) / 100))
            out[i, j] = sorted(spent)[rank - 1]
    return out


@pytest.mark.parametrize("percentile", [10, 50, 90])
def test_transit_is_the_bus_or_walking_at_every_departure(blocks: Region, percentile: int) -> None:
    # with one line nobody gains by a second ride
    times = travel_times(blocks, "transit", percentile=percentile).seconds
    expected = by_hand(blocks, percentile)
    off = ~np.eye(len(CELLS), dtype=bool)
    assert np.abs(times - expected)[off].max() <= 1.0
    assert (
        expected[off] < on_foot()[np.ix_(*[[node(c) for c in CELLS]] * 2)][off] - 60
    ).any()  # the bus helps


def test_any_is_the_lesser_and_no_matrix_can_be_changed(blocks: Region) -> None:
    drive, transit, both = (travel_times(blocks, m).seconds for m in ("drive", "transit", "any"))
    assert np.array_equal(both, np.minimum(drive, transit))
    assert not both.flags.writeable


def test_the_window_of_the_region_is_asked_for(blocks: Region) -> None:
    assert travel_times(blocks, "transit").window == Window(480, 540, "2026-03-10")
    night = travel_times(blocks, "transit", window=Window(60, 120, "2026-03-10")).seconds
    walk = on_foot()
    for i, a in enumerate(CELLS):
        for j, b in enumerate(CELLS):
            if i != j:  # no bus runs at night
                assert night[i, j] == pytest.approx(walk[node(a), node(b)], abs=1.0)


def test_rows_are_the_dense_times(blocks: Region) -> None:
    off = ~np.eye(len(CELLS), dtype=bool)
    for mode in ("drive", "transit", "any"):
        rows = travel_rows(blocks, mode)
        with compute_matrix(rows, block=4) as matrix:
            times = np.stack([matrix.row(o) for o in matrix.origins])
        assert np.array_equal(times[off], travel_times(blocks, mode).seconds[off])
    three = travel_rows(blocks, "transit", percentiles=(10, 50, 90)).rows(0, len(CELLS))
    assert (np.diff(three.astype(np.int64), axis=2) >= 0).all()


def test_several_percentiles_need_streets() -> None:
    with pytest.raises(OptionError, match="one percentile"):
        travel_rows(example("tiny"), percentiles=(5, 50))


def test_places_lie_on_streets(blocks: Region) -> None:
    spot = at(3.5, 3)  # the middle of a block's side
    found = times_to_points(blocks, np.array([spot[0]]), np.array([spot[1]]), "transit")[:, 0]
    cell = CELLS.index((3, 3))
    assert found[cell] == pytest.approx(metres((3, 3), (3.5, 3)) * 3.6 / WALK_KMH, abs=1.0)
    drive = times_to_points(blocks, np.array([spot[0]]), np.array([spot[1]]), "drive")[:, 0]
    along = metres((3, 3), (3.5, 3)) * 3.6 / (30 * share(blocks))
    assert drive[cell] == pytest.approx(along + 60 * blocks.assumption("terminal_time").value, abs=1.0)
    far = times_to_points(blocks, np.array([WEST_OF_TOWN[0]]), np.array([WEST_OF_TOWN[1]]), "any")
    assert (far == UNREACHED).all()


WEST_OF_TOWN = at(-3, 3)


@pytest.mark.parametrize("mode", ["walk", "transit", "drive"])
def test_reach_agrees_with_times_between_cells(blocks: Region, mode: network.ReachMode) -> None:
    start = at(*CELLS[1])
    streets, seconds = street_reach(blocks, *start, mode=mode)
    expected = travel_times(blocks, "drive" if mode == "drive" else "transit").seconds[1]
    for j, cell in enumerate(CELLS):
        point = int(np.hypot(streets.lon - at(*cell)[0], streets.lat - at(*cell)[1]).argmin())
        if mode == "walk":
            assert seconds[point] == pytest.approx(on_foot()[node(CELLS[1]), node(cell)], abs=1.0)
        elif j != 1:
            assert seconds[point] == pytest.approx(expected[j], abs=1.0)


def test_reach_refuses_a_place_off_the_streets(blocks: Region) -> None:
    with pytest.raises(RegionError, match="on no street"):
        street_reach(blocks, *WEST_OF_TOWN, mode="walk")
    with pytest.raises(RegionError, match="has no streets"):
        street_reach(example("tiny"), 106.0, 29.0, mode="walk")


def test_links_join_the_streets(blocks: Region) -> None:
    row = {"source": "invented", "quality": "assumed", "kind": "expressway"}
    link = {"id": "x", "from": "c0", "to": "c8", "length": 3.0, "speed": 120.0, **row}
    frame = blocks.table("links")
    joined = blocks.replace(links=frame.reindex(range(1)).assign(**link))
    before, after = travel_times(blocks, "drive").seconds, travel_times(joined, "drive").seconds
    terminal = 60 * blocks.assumption("terminal_time").value
    assert after[0, 8] == pytest.approx(90 + terminal, abs=1)
    assert (after <= before).all()
    direct = before.astype(np.int64) - int(terminal)
    np.fill_diagonal(direct, 0)
    via = np.minimum(direct[:, [0]] + 90 + direct[[8]], direct[:, [8]] + 90 + direct[[0]])
    off = ~np.eye(len(CELLS), dtype=bool)
    assert np.array_equal(after[off], (np.minimum(direct, via) + int(terminal))[off])
    for block in (1, 4, len(CELLS)):  # a block begins at any cell, the ends of links in it or not
        with compute_matrix(travel_rows(joined, "drive"), block=block) as matrix:
            assert np.array_equal(np.stack([matrix.row(o) for o in matrix.origins])[off], after[off])
    points = times_to_points(joined, *_degrees(CELLS), "drive")
    assert np.array_equal(points[off], after[off])  # a place at a cell's own point is as far as the cell


def _degrees(crossings: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    points = np.array([at(*c) for c in crossings])
    return points[:, 0], points[:, 1]


def test_rows_of_other_departures_are_another_source(blocks: Region, tmp_path: Path) -> None:
    """A folder begun for one window never goes on with another."""
    windows = [
        Window(480, 540, "2026-03-10"),
        Window(480, 510, "2026-03-10"),
        Window(480, 540, "2026-03-11"),
        Window(480, 540, "2026-03-10", "offpeak"),
    ]
    rows = [travel_rows(blocks, "transit", window=w) for w in windows]
    assert len({r.digest for r in rows}) == len(windows)
    assert rows[0].digest == travel_rows(blocks, "transit").digest  # the region's own window
    compute_matrix(rows[0], tmp_path / "m").close()
    with pytest.raises(RegionError, match="not of"):
        compute_matrix(rows[1], tmp_path / "m")


@pytest.mark.parametrize("day", ["soon", "9999-12-31", "2026-02-30"])
def test_a_window_of_no_day_is_refused(blocks: Region, day: str) -> None:
    with pytest.raises(OptionError, match=day):
        travel_times(blocks, "transit", window=Window(day=day))


def test_assumptions_that_cannot_be_computed_with_are_refused(blocks: Region) -> None:
    wrong = assumed(blocks, walk_speed=0.0, walk_limit=3000.0, congestion=0.0)
    with pytest.raises(OptionError) as caught:
        travel_times(wrong, "transit")
    assert [p.column for p in caught.value.problems] == ["congestion", "walk_speed", "walk_limit"]
    with pytest.raises(OptionError, match="walk_speed"):
        travel_times(assumed(example("tiny"), walk_speed=0.0), "drive")


def test_facts_and_problems(blocks: Region, tmp_path: Path) -> None:
    facts = describe_network(blocks)
    assert facts is not None
    assert (facts.stops, facts.patterns, facts.trips, facts.day) == (len(BUS), 2, 60, "2026-03-10")
    assert facts.streets["walk"].points == SIDE * SIDE
    assert facts.cells_off == {"walk": 0, "drive": 0}
    assert describe_network(example("tiny")) is None
    broken = folder(tmp_path / "broken")
    (broken / "streets.osm").write_text("<osm", encoding="utf-8")
    problems, _ = check_folder(broken)
    assert any(p.file == "streets.osm" and p.severity == "error" for p in problems)


def test_the_same_feed_under_another_name_has_that_name(tmp_path: Path) -> None:
    region = city(tmp_path / "one")
    board = board_of(region, street_costs(region, percentile=50, window=window_of(region, None)))
    assert board.timetable.stops.ids[0] == "bus:b0"
    other = folder(tmp_path / "two")
    (other / "transit" / "bus.zip").rename(other / "transit" / "coach.zip")
    region = assumed(read_region(other), transfer_time=2.0)
    board = board_of(region, street_costs(region, percentile=50, window=window_of(region, None)))
    assert board.timetable.stops.ids[0] == "coach:b0"


def test_cells_off_the_streets_are_named_and_unreached(blocks: Region) -> None:
    cells = blocks.cells
    cells.loc[4, ["lon", "lat"]] = WEST_OF_TOWN
    moved = blocks.replace(cells=cells)
    facts = describe_network(moved)
    assert facts is not None
    assert facts.cells_off["walk"] == 1
    assert [p.what.en.partition(":")[0] for p in facts.problems if "c4" in p.what.en] == [
        "cell c4 is on no street to walk on",
        "cell c4 is on no street to drive on",
    ]
    times = travel_times(moved, "any").seconds
    assert (np.delete(times[4], 4) == UNREACHED).all()


def test_a_walk_limit_keeps_people_from_the_bus(blocks: Region) -> None:
    short = assumed(blocks, walk_limit=0.01)
    off = ~np.eye(len(CELLS), dtype=bool)
    walk = on_foot()[np.ix_(*[[node(c) for c in CELLS]] * 2)]
    changed = travel_times(short, "transit").seconds < walk - 1
    at_stop = np.array([c in BUS for c in CELLS])
    assert not (changed & off & ~(at_stop[:, None] & at_stop[None, :])).any()


def test_everything_can_be_measured(blocks: Region) -> None:
    results = measure(blocks)
    assert (
        np.isfinite(results.values["S-TR-01"]).any() if "S-TR-01" in results.values else len(results.values)
    )


def test_a_cluster_gives_the_same_matrix(blocks: Region) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    rows = travel_rows(blocks, "any", percentiles=(10, 50))
    with compute_matrix(rows, block=3) as here:
        expected = [here.block(0, len(CELLS), percentile=p) for p in (10, 50)]
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        connected(cluster.scheduler_address) as client,
        compute_on_cluster(rows, client, block=3) as there,
    ):
        for p, plane in zip((10, 50), expected, strict=True):
            assert np.array_equal(there.block(0, len(CELLS), percentile=p), plane)


def test_who_must_be_early_at_the_first_stop_leaves_earlier(blocks: Region) -> None:
    """A minute before the first vehicle: the times of a bus that leaves a minute later, at most."""
    early = travel_times(assumed(blocks, board_time=1.0), "transit").seconds
    plain = travel_times(blocks, "transit").seconds
    assert (early >= plain).all()
    assert (early <= plain + 60).all()  # the bus runs evenly: waiting a minute longer is the most it costs
    assert (early > plain).any()
