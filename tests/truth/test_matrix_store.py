"""Matrices in blocks: codes and their rounding, resuming after a crash, damage, size refused, a cluster."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from yipan import options
from yipan.errors import MeasureError, OptionError, RegionError, UnknownName, UnsafeFile
from yipan.network.matrix import writing
from yipan.network.matrix.cluster import compute_on_cluster
from yipan.network.matrix.codes import LONGEST, NONE, encode
from yipan.network.matrix.combine import combined
from yipan.network.matrix.dense import DenseRows
from yipan.network.matrix.run import compute_matrix
from yipan.network.matrix.size import matrix_size
from yipan.network.matrix.store import open_matrix
from yipan.network.values import UNREACHED

FAR = int(UNREACHED)
HAND = np.array([[0, 300, FAR], [310, 0, 65534], [FAR, 7, 0]], dtype=np.int32)


def planes(n: int, m: int, k: int, *, longest: int = 9000, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.integers(0, longest, (n, m, k)), axis=2).astype(np.int32)
    times[rng.random((n, m)) < 0.1] = FAR
    return times


class Failing(DenseRows):
    """Computes `good` blocks, then the power goes."""

    def __init__(self, times: np.ndarray, *, good: int, **more: object) -> None:
        super().__init__(times, **more)  # type: ignore[arg-type]
        self.good, self.asked = good, []

    def rows(self, start: int, stop: int) -> np.ndarray:
        if len(self.asked) == self.good:
            raise KeyboardInterrupt
        self.asked.append((start, stop))
        return super().rows(start, stop)


def test_size_is_told_before() -> None:
    assert matrix_size(12_000, 12_000, percentiles=5).nbytes == 12_000 * 12_000 * 5 * 2


def test_three_by_three_in_memory() -> None:
    with compute_matrix(DenseRows(HAND, origins="abc", destinations="xyz"), block=2) as matrix:
        assert (matrix.unit, matrix.size.nbytes, matrix.folder) == (1, 18, None)
        assert matrix.seconds().tolist() == HAND.tolist()
        assert matrix.row("b").tolist() == [310, 0, 65534]
        assert matrix.rows(1, 3)[:, :, 0].tolist() == HAND[1:].tolist()
        assert matrix.block(0, 1).tolist() == [[0, 300, NONE]]
        with pytest.raises(UnknownName, match="no origin q"):
            matrix.row("q")
    with pytest.raises(RegionError, match="closed"):
        matrix.row("b")


def test_one_long_time_makes_the_unit_of_all_coarser_and_times_are_rounded_up() -> None:
    times = HAND.copy()
    times[2, 0] = 65535  # one second more than units of 1 s hold; block of its own
    fine = compute_matrix(DenseRows(HAND), block=1)
    coarse = compute_matrix(DenseRows(times), block=1)
    assert (fine.unit, coarse.unit) == (1, 2)
    assert coarse.seconds().tolist() == [[0, 300, FAR], [310, 0, 65534], [65536, 8, 0]]
    assert coarse.units.tolist() == [1, 1, 2]
    assert fine.digest == DenseRows(HAND).digest
    assert coarse.digest == DenseRows(times).digest + "-2s"
    times[2, 0] = LONGEST
    assert compute_matrix(DenseRows(times), block=1).row("2").tolist() == [LONGEST, 8, 0]
    assert (
        compute_matrix(DenseRows(times), block=3).seconds().tolist()
        == compute_matrix(DenseRows(times), block=1).seconds().tolist()
    )


@pytest.mark.parametrize("wrong", [-1, LONGEST + 1, FAR - 1])
def test_times_that_cannot_be_stored_are_refused(wrong: int) -> None:
    with pytest.raises(MeasureError, match=f"{wrong} s"):
        encode(np.array([[[5], [wrong]]], dtype=np.int32))


def test_rows_of_another_shape_are_refused() -> None:
    rows = DenseRows(HAND)
    rows.destinations = ("x", "y")
    with pytest.raises(MeasureError, match="shape"):
        compute_matrix(rows)


def test_folder_holds_plain_numpy_files(tmp_path: Path) -> None:
    times = planes(10, 7, 2)
    rows = DenseRows(times, percentiles=(5, 95))
    seen: list[tuple[int, int]] = []
    with compute_matrix(
        rows, tmp_path / "m", block=4, progress=lambda d, n, _: seen.append((d, n))
    ) as matrix:
        assert seen == [(1, 3), (2, 3), (3, 3)]
        assert isinstance(matrix.planes[0], np.memmap)
        assert matrix.rows(0, 10).tolist() == times.tolist()
        assert matrix.row("9", percentile=5).tolist() == times[9, :, 0].tolist()
        with pytest.raises(OptionError, match="no percentile 50; there are 5, 95"):
            matrix.row("9")
    codes = np.load(tmp_path / "m" / "p95.npy", allow_pickle=False)
    assert np.where(codes == NONE, FAR, codes.astype(int)).tolist() == times[:, :, 1].tolist()
    with open_matrix(tmp_path / "m", digest=rows.digest, check=True) as again:
        assert again.seconds(percentile=95).tolist() == times[:, :, 1].tolist()


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    times = planes(23, 9, 3)
    keep = {"percentiles": (5, 50, 95)}
    broken = Failing(times, good=4, **keep)
    with pytest.raises(KeyboardInterrupt):
        compute_matrix(broken, tmp_path, block=3)
    with pytest.raises(RegionError, match="4 of 8 blocks are not computed") as told:
        open_matrix(tmp_path)
    assert "compute_matrix" in told.value.text("en")
    rest = Failing(times, good=99, **keep)
    seen: list[int] = []
    # its own blocks hold, whatever is asked for now
    matrix = compute_matrix(rest, tmp_path, block=5, progress=lambda d, n, _: seen.append(d))
    assert broken.asked == [(0, 3), (3, 6), (6, 9), (9, 12)]
    assert rest.asked == [(12, 15), (15, 18), (18, 21), (21, 23)]
    assert seen == [5, 6, 7, 8]
    assert matrix.rows(0, 23).tolist() == times.tolist()
    again = Failing(times, good=0, **keep)
    assert compute_matrix(again, tmp_path).rows(0, 23).tolist() == times.tolist()


def test_blocks_not_committed_when_killed_are_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = planes(12, 5, 1)
    with monkeypatch.context() as patch:  # killed outright: nothing is committed at the end
        patch.setattr(writing.FolderSink, "close", lambda self: [f.close() for f in self._files])
        with pytest.raises(KeyboardInterrupt):
            compute_matrix(Failing(times, good=3), tmp_path, block=2)
    rest = Failing(times, good=99)
    assert compute_matrix(rest, tmp_path).rows(0, 12).tolist() == times.tolist()
    assert len(rest.asked) == 6


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from yipan.network.matrix import writing
from yipan.network.matrix.dense import DenseRows
from yipan.network.matrix.run import compute_matrix

class Dying(DenseRows):
    def rows(self, start, stop):
        if start >= 9:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().rows(start, stop)

writing._COMMIT_SECONDS = -1.0
compute_matrix(Dying(np.load(sys.argv[1])), Path(sys.argv[2]), block=3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_leaves_whole_blocks(tmp_path: Path) -> None:
    times = planes(20, 6, 1)
    np.save(tmp_path / "times.npy", times)
    run = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "times.npy", tmp_path / "m"], check=False)
    assert run.returncode == -9
    rest = Failing(times, good=99)
    assert compute_matrix(rest, tmp_path / "m").rows(0, 20).tolist() == times.tolist()
    assert rest.asked[0] == (9, 12)


def test_another_source_is_refused_by_name(tmp_path: Path) -> None:
    first, second = DenseRows(planes(6, 6, 1)), DenseRows(planes(6, 6, 1, seed=2))
    compute_matrix(first, tmp_path)
    for refused in (
        lambda: compute_matrix(second, tmp_path),
        lambda: open_matrix(tmp_path, digest=second.digest),
    ):
        with pytest.raises(RegionError) as told:
            refused()
        text = told.value.text("en")
        assert first.digest in text
        assert second.digest in text
        assert "matrix.json" in text


def test_a_file_cut_short_is_refused_by_name(tmp_path: Path) -> None:
    compute_matrix(DenseRows(planes(6, 6, 1)), tmp_path)
    plane = tmp_path / "p50.npy"
    plane.write_bytes(plane.read_bytes()[:-10])
    with pytest.raises(RegionError, match=r"p50\.npy: damaged or cut short"):
        open_matrix(tmp_path)
    plane.write_bytes(b"")
    with pytest.raises(RegionError, match=r"p50\.npy: damaged or cut short"):
        open_matrix(tmp_path)
    np.save(plane, np.array([object()], dtype=object), allow_pickle=True)
    with pytest.raises(RegionError, match=r"p50\.npy: damaged or cut short"):
        open_matrix(tmp_path)
    with plane.open("wb") as file:
        np.savez(file, np.zeros((6, 6), dtype=np.uint16))  # an archive of arrays
    with pytest.raises(RegionError, match=r"p50\.npy: damaged or cut short"):
        open_matrix(tmp_path)


def test_a_record_of_nonsense_is_found(tmp_path: Path) -> None:
    times = planes(9, 4, 1)
    compute_matrix(DenseRows(times), tmp_path, block=2).close()
    record = np.load(tmp_path / "blocks.npy")
    record[1] += 5 << 32  # a unit of 6 seconds
    np.save(tmp_path / "blocks.npy", record)
    with pytest.raises(RegionError, match=r"blocks \[1\] differ"):
        open_matrix(tmp_path)
    assert compute_matrix(DenseRows(times), tmp_path).rows(0, 9).tolist() == times.tolist()


@pytest.mark.parametrize("asked", [(50, 50), (-1, 50), (50, 101)])
def test_percentiles_that_are_none_are_refused(asked: tuple[int, int]) -> None:
    with pytest.raises(OptionError, match="percentiles"):
        compute_matrix(DenseRows(planes(2, 2, 2), percentiles=asked))
    with pytest.raises(OptionError, match="block"):
        compute_matrix(DenseRows(HAND), block=0)


def test_flipped_bits_are_found_and_mended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    times = planes(9, 4, 1)
    compute_matrix(DenseRows(times), tmp_path, block=2).close()
    plane = tmp_path / "p50.npy"
    data = bytearray(plane.read_bytes())
    data[-1] ^= 1  # last block
    plane.write_bytes(data)
    with pytest.raises(RegionError, match=r"blocks \[4\] differ from their checksums"):
        open_matrix(tmp_path, check=True)
    mend = Failing(times, good=9)
    with caplog.at_level(logging.WARNING):
        matrix = compute_matrix(mend, tmp_path)
    assert mend.asked == [(8, 9)]
    assert "[4]" in caplog.text
    assert matrix.rows(0, 9).tolist() == times.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        "[" * 100_000,
        '{"format": "yipan-matrix", "version": 2}',
        '{"format": "x", "version": 1}',
    ],
)
def test_a_description_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "matrix.json").write_text(text)
    with pytest.raises(RegionError, match=r"matrix\.json: not the description"):
        open_matrix(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("block", 0), ("digest", 5), ("origins", [1]), ("percentiles", [200]), ("percentiles", ["../x"])],
)
def test_a_description_with_a_wrong_value_is_refused(tmp_path: Path, key: str, value: object) -> None:
    compute_matrix(DenseRows(HAND), tmp_path)
    head = tmp_path / "matrix.json"
    head.write_text(json.dumps(json.loads(head.read_text()) | {key: value}))
    with pytest.raises(RegionError, match=r"matrix\.json: not the description"):
        open_matrix(tmp_path)


def test_a_description_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "matrix.json").write_text(" " * 1_000_001)
    with options.using({"region.max_file_mb": 1}), pytest.raises(UnsafeFile):
        open_matrix(tmp_path)


def test_folders_with_nothing_or_other_things(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match="no matrix in the folder"):
        open_matrix(tmp_path)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(RegionError, match=r"other files in the folder: letter\.txt"):
        compute_matrix(DenseRows(HAND), tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_a_start_that_was_cut_off_is_begun_anew(tmp_path: Path) -> None:
    compute_matrix(DenseRows(HAND), tmp_path).close()
    (tmp_path / "matrix.json").unlink()
    assert compute_matrix(DenseRows(HAND), tmp_path).seconds().tolist() == HAND.tolist()


def test_too_large_for_memory_says_what_to_do(tmp_path: Path) -> None:
    big = DenseRows(np.zeros((1, 1), dtype=np.int32))
    big.origins, big.destinations = tuple("x" * 1000), tuple("y" * 600)
    with options.using({"network.max_matrix_mb": 1}), pytest.raises(MeasureError) as told:
        compute_matrix(big)
    text = told.value.text("en")
    assert "1.2 MB; allowed are 1 MB" in text
    for way in ("folder", "percentiles", "larger cells", "cluster"):
        assert way in text
    # stored it is 0.5 MB, as seconds 1.04 MB
    stored = compute_matrix(DenseRows(np.zeros((520, 500), dtype=np.int32)), tmp_path)
    with options.using({"network.max_matrix_mb": 1}), pytest.raises(MeasureError, match="folder"):
        stored.seconds()


def test_too_large_for_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(writing.shutil, "disk_usage", lambda _: usage(100, 90, 10))
    with pytest.raises(RegionError, match="not enough room"):
        compute_matrix(DenseRows(HAND), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_in_the_middle_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = writing._sync, []

    def full(file: object) -> None:
        calls.append(1)
        if len(calls) > 6:
            raise OSError(28, "No space left on device")
        real(file)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "_COMMIT_SECONDS", -1.0)
    times = planes(10, 5, 1)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_sync", full)
        with pytest.raises(RegionError, match="No space left on device"):
            compute_matrix(DenseRows(times), tmp_path, block=2)
    rest = Failing(times, good=9)
    assert compute_matrix(rest, tmp_path).rows(0, 10).tolist() == times.tolist()
    assert 0 < len(rest.asked) < 5


def test_nothing_at_all(tmp_path: Path) -> None:
    for shape in ((0, 4), (4, 0)):
        rows = DenseRows(np.zeros(shape, dtype=np.int32))
        assert compute_matrix(rows).seconds().shape == shape
        assert compute_matrix(rows, tmp_path / str(shape[0])).seconds().shape == shape


def test_walking_only_where_it_is_faster() -> None:
    walk = DenseRows(np.array([[0, 900], [FAR, 0]], dtype=np.int32))
    ride = DenseRows(
        np.array([[[60, 90], [600, 1200]], [[500, FAR], [40, 50]]], dtype=np.int32), percentiles=(5, 95)
    )
    both = combined(walk, ride)
    assert both.percentiles == (5, 95)
    assert both.rows(0, 2).tolist() == [[[0, 0], [600, 900]], [[500, FAR], [0, 0]]]
    assert both.digest == combined(ride, walk).digest
    assert both.digest not in (walk.digest, ride.digest)
    assert compute_matrix(both).rows(0, 2).tolist() == both.rows(0, 2).tolist()
    assert combined(walk, compute_matrix(ride)).rows(0, 2).tolist() == both.rows(0, 2).tolist()


def test_sources_that_do_not_fit_are_refused_with_every_reason() -> None:
    one = DenseRows(HAND[:, :, None].repeat(2, axis=2), percentiles=(5, 50))
    other = DenseRows(HAND[:2, :, None].repeat(2, axis=2), percentiles=(5, 95))
    with pytest.raises(MeasureError) as told:
        combined(one, other)
    text = told.value.text("en")
    assert "source 2 has other origins" in text
    assert "source 2 has other percentiles" in text
    assert "destinations\n" not in text.split("→")[0]


def test_a_cluster_gives_the_same_bit_for_bit(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="needs the extra: pip install 'yipan[cluster]'")
    times = planes(40, 30, 2, longest=70_000)
    rows = DenseRows(times, percentiles=(50, 95))
    here = compute_matrix(rows, block=7)
    with (
        distributed.LocalCluster(
            processes=True, n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=40
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        seen: list[tuple[int, int]] = []
        there = compute_on_cluster(
            rows, client, tmp_path / "there", block=7, progress=lambda d, n, _: seen.append((d, n))
        )
        assert sorted(seen) == [(k, 6) for k in range(1, 7)]
        # what a worker raises arrives here, and finished blocks stay
        with pytest.raises(MeasureError, match="cannot be stored"):
            compute_on_cluster(DenseRows(np.full((4, 4), -5, dtype=np.int32)), client, block=2)
        with pytest.raises(KeyboardInterrupt):
            compute_matrix(Failing(times, good=2, percentiles=(50, 95)), tmp_path / "half", block=7)
        rest = compute_on_cluster(rows, client, tmp_path / "half")
    for matrix in (there, rest):
        assert matrix.units.tolist() == here.units.tolist()
        assert all((a == b).all() for a, b in zip(matrix.planes, here.planes, strict=True))
        assert matrix.digest == here.digest


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(OptionError, match=r"pip install 'yipan\[cluster\]'"):
        compute_on_cluster(DenseRows(HAND), client=object())  # type: ignore[arg-type]
