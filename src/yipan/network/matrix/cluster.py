"""Compute a travel-time matrix on the workers of a Dask cluster: the same function over the same blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from yipan.errors import OptionError
from yipan.network.matrix.run import STEP, Progress, block_codes, head_of
from yipan.network.matrix.store import Matrix
from yipan.network.matrix.values import Rows
from yipan.network.matrix.writing import Sink, sink_of
from yipan.text import Text

_PATIENCE = 10  # seconds to wait for the scheduler
_AHEAD = 2  # blocks a thread of the cluster has in hand: it never waits for the next, nor do results pile up


class Client(Protocol):
    """What is used of a ``distributed.Client``."""

    def scatter(self, data: object, *, broadcast: bool, hash: bool) -> object:  # noqa: A002
        """Send data to the workers once."""
        ...

    def submit(self, fn: object, /, *args: object, pure: bool) -> Any:
        """Run a function on some worker."""
        ...

    def run(self, fn: object, /, *args: object, on_error: str) -> dict[str, Any]:
        """Run a function on every worker; results (or what was raised) by address."""
        ...

    def nthreads(self) -> dict[str, int]:
        """Return the threads of each worker."""
        ...

    def cancel(self, futures: list[Any]) -> None:
        """Give up what is not done."""
        ...


def compute_on_cluster(
    rows: Rows,
    client: Client,
    folder: Path | None = None,
    *,
    block: int | None = None,
    progress: Progress | None = None,
) -> Matrix:
    """Return the matrix `yipan.network.matrix.run.compute_matrix` would, bit for bit, computed by workers.

    Parameters
    ----------
    rows
        Sent once to every worker; arrays only. Each worker uses the threads of its own option
        ``network.threads`` (environment ``YIPAN_NETWORK_THREADS``) for one block.
    client
        A ``distributed.Client``.
    folder, block, progress
        As for `compute_matrix`. Workers send codes (2 bytes a pair) and this process writes them, so no
        disk has to be shared.

    Raises
    ------
    OptionError
        When Dask is not installed.
    MeasureError, RegionError
        As `compute_matrix`; what a worker raises is raised here, and blocks finished before stay.
    """
    distributed = _distributed()
    with closing(sink_of(head_of(rows, block), folder)) as sink:
        there = client.scatter(rows, broadcast=True, hash=False)
        _spread(distributed, client, there, sink, progress)
        return sink.result()


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """Connect to the scheduler of a Dask cluster for the length of a ``with`` block.

    Parameters
    ----------
    address
        Of a scheduler, e.g. ``tcp://10.0.0.5:8786``.

    Raises
    ------
    OptionError
        When Dask is not installed, or no scheduler answers there.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=f"{_PATIENCE}s")
    except (OSError, ValueError) as error:
        raise OptionError(
            Text(
                f"{address} 没有 Dask 调度器应答:先运行 dask scheduler,再给出它打印的地址",
                f"no Dask scheduler answers at {address}: run `dask scheduler`, give the address it prints",
            )
        ) from error
    with client:
        yield client


def _spread(
    distributed: ModuleType, client: Client, there: object, sink: Sink, progress: Progress | None
) -> None:
    spans, total = sink.head.spans, len(sink.head.spans)
    left = iter(pending := sink.pending)
    done = total - len(pending)
    index_of: dict[object, int] = {}

    def submit(index: int) -> Any:
        future = client.submit(block_codes, there, *spans[index], pure=False)
        index_of[future.key] = index
        return future

    ahead = max(1, _AHEAD * sum(client.nthreads().values()))
    running = distributed.as_completed([submit(i) for _, i in zip(range(ahead), left, strict=False)])
    try:
        for future in running:
            unit, codes = future.result()
            sink.put(index_of.pop(future.key), unit, codes)
            done += 1
            if progress is not None:
                progress(done, total, STEP)
            following = next(left, None)
            if following is not None:
                running.add(submit(following))
    finally:
        client.cancel(list(running.futures))


def _distributed() -> ModuleType:
    try:
        import distributed  # noqa: PLC0415  (an extra: most never need it)
    except ImportError:
        raise OptionError(
            Text(
                "在集群上计算需要 Dask:pip install 'yipan[cluster]'",
                "computing on a cluster needs Dask: pip install 'yipan[cluster]'",
            )
        ) from None
    return distributed
