"""On worker processes of their own the plan is the same; what goes wrong there is said, and nothing hangs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from yipan.errors import OptionError
from yipan.plan import Depth, Future, Limits, Objective, default_objective, plan_to_dict, search, workers
from yipan.plan import cluster as on_cluster
from yipan.plan.argue import ArgueLimits
from yipan.plan.cluster import assignment_of, batch_on
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.invented_candidates import invented_candidates, invented_region
from yipan.plan.phasing import Effort
from yipan.plan.robust import Sampling
from yipan.plan.rules import Rules
from yipan.plan.workers import WorkerMemory, require_workers, told_by_worker
from yipan.region import example
from yipan.region.layers import layer_of
from yipan.scenario import ChangeActivity
from yipan.text import Text

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'yipan[cluster]'")

REGION = invented_region(example("tiny"), 3)
CANDIDATES = invented_candidates(REGION, 3, count=6)
OBJECTIVE = default_objective(REGION, sum(p.cost for p in CANDIDATES) * 0.45, yearly=1e3)
RULES = Rules(CANDIDATES, OBJECTIVE)
LIMITS = Limits(exact_sets=0)
SETS = [frozenset({p.id}) for p in CANDIDATES]
FUTURES = (
    Future(
        id="grown",
        name=Text("增长", "growth"),
        changes=(ChangeActivity(zone="A", population=30_000.0),),
        source="invented",
    ),
    Future(id="same", name=Text("照旧", "as it is"), changes=(), source="invented"),
)
SHALLOW = Depth(
    argue=ArgueLimits(exact_sets=0, replacement=2, missed=2, pairs=4, rounds=1, per_round=4, per_budget=2),
    effort=Effort(evaluations=10),
    sampling=Sampling(draws=200, checks=3),
)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two worker processes of one thread each."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def told(objective: Objective, **how: Any) -> dict[str, Any]:
    """Return everything a plan says but the seconds it took."""
    found = plan_to_dict(search(REGION, CANDIDATES, objective, limits=LIMITS, **how))
    assert found.pop("seconds")
    found["verification"] = {k: v for k, v in found["verification"].items() if "seconds" not in k}
    return found


@pytest.mark.parametrize(
    ("objective", "depth"),
    [
        (OBJECTIVE, None),
        (replace(OBJECTIVE, futures=FUTURES, floors={}), None),
        (OBJECTIVE, SHALLOW),
    ],
    ids=["needs", "futures", "depth"],
)
def test_the_plan_of_worker_processes_is_the_plan(
    client: Any, monkeypatch: pytest.MonkeyPatch, objective: Objective, depth: Depth | None
) -> None:
    sent: list[int] = []
    submit = client.submit
    monkeypatch.setattr(client, "submit", lambda *a, **k: sent.append(len(a[2])) or submit(*a, **k))
    there = told(objective, depth=depth, cluster=client)
    assert sum(sent) >= len(CANDIDATES)  # workers did measure
    assert there == told(objective, depth=depth)


def test_a_worker_keeps_every_future_of_one_search_and_no_other(client: Any) -> None:
    def kept(seed: int, name: str) -> set[int]:
        assignment = assignment_of(invented_region(REGION, seed), RULES, search=name)
        client.run(on_cluster.measure_sets, assignment, SETS[:1])
        return set(
            client.run(lambda: len(__import__("sys").modules[on_cluster.__name__]._KEPT.evaluators)).values()
        )

    assert kept(1, "one") == {1}
    assert kept(2, "one") == {2}
    assert kept(2, "one") == {2}  # the same again
    assert kept(1, "two") == {1}


def test_what_a_worker_raises_is_said(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(assignment: object, sets: object) -> None:
        raise TimeoutError("slow disk")  # as one of Dask's own would look

    monkeypatch.setattr(on_cluster, "measure_sets", fails)
    with pytest.raises(OptionError, match="TimeoutError: slow disk"):
        batch_on(client, assignment_of(REGION, RULES))(SETS)


def test_an_assignment_that_is_not_what_its_id_says_is_refused_by_workers(client: Any) -> None:
    sound = assignment_of(REGION, RULES)
    with pytest.raises(OptionError, match="differ from what was sent"):
        batch_on(client, replace(sound, objective=replace(OBJECTIVE, budget=1.0), search="other"))(SETS)
    with pytest.raises(OptionError, match=r"yipan differs: 0\.\S+ there, \S+ here|yipan differs: 9 there"):
        batch_on(client, replace(sound, made={**sound.made, "yipan": "9"}, search="another"))(SETS)


def test_workers_of_another_version_are_refused_before_the_search(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = workers.versions()
    monkeypatch.setattr(workers, "versions", lambda: {**here, "yipan": "9.0"})
    with pytest.raises(OptionError, match=rf"2 workers .*: yipan differs: {here['yipan']} there, 9.0 here"):
        search(REGION, CANDIDATES, OBJECTIVE, limits=LIMITS, cluster=client)


def test_a_program_workers_do_not_have_is_said(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return __import__, ("yipan_of_another_name",)

    run = client.run
    monkeypatch.setattr(client, "run", lambda _, *a, **k: run(lambda x: x, Absent(), **k))
    with pytest.raises(OptionError, match=r"2 workers .*: yipan cannot be run"):
        require_workers(client, REGION)


def test_files_that_workers_lack_are_named(client: Any, tmp_path: Path) -> None:
    path = tmp_path / "streets.osm"
    path.write_bytes(b"<osm/>")
    region = replace(REGION, layers=(layer_of(path, "streets", "streets.osm"),))
    require_workers(client, region)  # there, and the same
    path.write_bytes(b"<osm></osm>")
    with pytest.raises(OptionError, match="is another file"):
        require_workers(client, region)
    path.unlink()
    with pytest.raises(OptionError, match=r"there is no file .*\n?.*same path on every machine"):
        require_workers(client, region)
    assignment = assignment_of(region, RULES)
    with pytest.raises(OptionError, match="there is no file"):  # a worker that comes later looks for itself
        on_cluster.measure_sets(assignment, SETS)


def test_too_little_memory_is_said_before_the_search(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    require_workers(client, REGION)
    assert "2 workers: each worker holds travel times, 4 × 4 bytes" in caplog.text
    monkeypatch.setattr(workers, "_MATRICES", 10**9)
    with pytest.raises(OptionError, match="needs at least"):
        require_workers(client, REGION)
    none = {"w": {**told_by_worker([]), "memory_mb": 0, "cache_mb": 512}}  # no limit: memory cannot be known
    monkeypatch.setattr(client, "run", lambda *_, **__: none)
    require_workers(client, REGION)
    assert "start workers with YIPAN_NETWORK_CACHE_MB" in caplog.text


def test_memory_by_hand() -> None:
    # four matrices of 2,000 × 2,000 times of 4 bytes, in two networks
    assert WorkerMemory(2000, 2).times_mb == 2 * 4 * 4 * 4.0
    assert WorkerMemory(2000, 2).needed_mb(100) == 400 + 128


def test_a_search_outlives_a_worker(client: Any) -> None:
    client.wait_for_workers(2, timeout=30)
    pids = client.run(os.getpid)
    seen: list[int] = []

    def kill_once(done: int, total: int, what: Text) -> None:
        if done > 2 and not seen:  # the first batch is back: nothing runs
            seen.append(done)
            os.kill(next(iter(pids.values())), signal.SIGKILL)

    assert told(OBJECTIVE, cluster=client, progress=kill_once) == told(OBJECTIVE)
    assert seen


def test_workers_that_die_measuring_are_said(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(assignment: object, sets: object) -> None:
        os._exit(1)

    client.wait_for_workers(2, timeout=30)
    monkeypatch.setattr(on_cluster, "measure_sets", dies)
    monkeypatch.setattr(client.cluster.scheduler, "allowed_failures", 0)  # else it is tried three times more
    with pytest.raises(OptionError, match="workers died again and again"):
        batch_on(client, assignment_of(REGION, RULES))(SETS[:1])


def test_no_worker_and_no_scheduler_end_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "_LOOK", 0.1)
    monkeypatch.setattr(on_cluster, "_LOOKS", 2)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        batch = batch_on(client, assignment_of(REGION, RULES))
        expected = RegionEvaluator(REGION, RULES)
        first = batch(SETS[:1])[0]
        assert first is not None
        assert first.value == expected(SETS[0]).value  # type: ignore[union-attr]
        cluster.scale(0)
        client.sync(cluster._correct_state)
        while client.nthreads():
            pass
        with pytest.raises(OptionError, match=r"no worker|every worker that held the region"):
            batch(SETS)
        with pytest.raises(OptionError, match="the cluster has no worker"):
            require_workers(client, REGION)
