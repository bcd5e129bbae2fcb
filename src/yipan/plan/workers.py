"""Whether the workers of a cluster can do a search: same program, files, memory; asked before it starts."""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from yipan import options
from yipan.errors import OptionError, Problem
from yipan.measure.load import GROUP
from yipan.network.matrix.cluster import Client
from yipan.region.layers import layer_of
from yipan.region.value import Layer, Region
from yipan.text import Text
from yipan.version import __version__

_MATRICES = 4
"""Travel-time matrices a region keeps: by car, by transit, without a car at the far end, by any of these."""
_SECONDS = 4
"""Bytes of a travel time."""
_PROGRAM_MB = 400
"""Of the program and a region's tables in one worker (measured, rounded up)."""
_SHARE = 0.8
"""Of ``network.cache_mb`` that matrices may take."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerMemory:
    """What one worker holds for a search.

    Parameters
    ----------
    cells
        Of the region.
    networks
        Networks that differ: 1, or one for each future at most.
    """

    cells: int
    networks: int = 1

    @property
    def times_mb(self) -> float:
        """Travel times of the region before any project, MB (1e6 bytes).

        Examples
        --------
        >>> WorkerMemory(12_000).times_mb
        2304.0
        """
        return _MATRICES * _SECONDS * self.cells**2 * self.networks / 1e6

    def needed_mb(self, cache_mb: float) -> float:
        """Return the MB of a worker whose option ``network.cache_mb`` is `cache_mb`.

        Examples
        --------
        >>> WorkerMemory(3_000).needed_mb(512)
        912
        """
        return _PROGRAM_MB + max(self.times_mb, cache_mb)

    def words(self) -> Text:
        """Say what a worker holds."""
        return Text(
            f"每个工作进程保存出行时间 {_MATRICES} × {_SECONDS} 字节 × {self.cells:,}² × {self.networks}"
            f" = {self.times_mb:,.0f} MB,程序与表约 {_PROGRAM_MB} MB,另加各组合的缓存",
            f"each worker holds travel times, {_MATRICES} × {_SECONDS} bytes × {self.cells:,}² ×"
            f" {self.networks} = {self.times_mb:,.0f} MB, about {_PROGRAM_MB} MB of program and tables, and"
            " what is kept of sets",
        )


def versions() -> dict[str, str]:
    """Return what has to be the same wherever a set is measured: programs, and packs with their versions."""
    packs = sorted(
        f"{e.name} ({e.dist.name} {e.dist.version})" for e in entry_points(group=GROUP) if e.dist is not None
    )
    return {
        "yipan": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "packs": ", ".join(packs),
    }


def told_by_worker(layers: Sequence[tuple[str, str]], dask_worker: object = None) -> dict[str, Any]:
    """Return what a worker is asked before a search (runs there): plain values, readable by any version.

    Parameters
    ----------
    layers
        (name, path) of the region's large files.
    dask_worker
        Given by Dask.

    Returns
    -------
    dict
        ``versions``; ``layers``, SHA-256 by name, empty where there is no file; ``cache_mb``; ``memory_mb``,
        0 where the worker has no limit.
    """
    limit = getattr(getattr(dask_worker, "memory_manager", None), "memory_limit", None)
    return {
        "versions": versions(),
        "layers": {name: _digest(Path(path)) for name, path in layers},
        "cache_mb": options.get("network.cache_mb"),
        "memory_mb": (limit or 0) / 1e6,
    }


def _digest(path: Path) -> str:
    return layer_of(path, "streets", path.name).digest if path.is_file() else ""


def require_workers(client: Client, region: Region, *, networks: int = 1) -> WorkerMemory:
    """Ask every worker whether it can do a search of a region, and say in the log what it will hold.

    Raises
    ------
    OptionError
        There is no worker; or some have another version of the program or other packs, lack files of the
        region at the path they have here, or may not use as much memory as its travel times take.
    """
    needs = WorkerMemory(len(region.tables["cells"].array("id")), networks)
    asked = [(layer.name, str(layer.path)) for layer in region.layers]
    answers = client.run(told_by_worker, asked, on_error="return")
    if not answers:
        raise OptionError(no_workers())
    refuse(
        (address, problem)
        for address, answer in answers.items()
        for problem in _problems(answer, region.layers, needs)
    )
    log.info("%d workers: %s", len(answers), needs.words().en)
    least = min(answer["cache_mb"] for answer in answers.values())
    if _SHARE * least < needs.times_mb:
        log.warning(
            "network.cache_mb is %d on a worker: the region's own travel times would be computed again and"
            " again; start workers with YIPAN_NETWORK_CACHE_MB=%d",
            least,
            round(2 * needs.times_mb / _SHARE),
        )
    return needs


def refuse(found: Iterable[tuple[str, Problem]]) -> None:
    """Raise `OptionError` when workers (by address) have problems; those that share one are counted."""
    by: dict[tuple[str, str], tuple[Problem, list[str]]] = {}
    for address, p in found:
        by.setdefault((p.what.en, p.remedy.en), (p, []))[1].append(address)
    if by:
        raise OptionError(
            Text("工作进程不能做这次搜索", "the workers cannot do this search"),
            problems=[
                Problem(
                    what=Text(
                        f"{len(at)} 个工作进程(如 {at[0]}):{p.what.zh}",
                        f"{len(at)} workers (one is {at[0]}): {p.what.en}",
                    ),
                    remedy=p.remedy,
                )
                for p, at in by.values()
            ],
        )


def no_workers() -> Text:
    """Say that a cluster has no worker."""
    return Text(
        "集群上没有工作进程:在各台机器上运行 dask worker 调度器地址 --nthreads 1",
        "the cluster has no worker: run `dask worker ADDRESS --nthreads 1` on its machines",
    )


def _problems(answer: Any, layers: Sequence[Layer], needs: WorkerMemory) -> Iterator[Problem]:
    if not isinstance(answer, Mapping):  # it could not even be asked
        yield Problem(
            what=Text(f"无法运行 yipan({answer})", f"yipan cannot be run ({answer})"),
            remedy=_same(versions()),
        )
        return
    yield from differences(answer["versions"])
    yield from missing_files(answer["layers"], layers)
    limit, needed = answer["memory_mb"], _PROGRAM_MB + needs.times_mb
    if 0 < limit < needed:
        yield Problem(
            what=Text(
                f"内存上限 {limit:,.0f} MB,至少需要 {needed:,.0f} MB",
                f"it may use {limit:,.0f} MB and needs at least {needed:,.0f} MB",
            ),
            remedy=Text(
                "每台机器少开几个工作进程,提高 --memory-limit,或用更大的单元格",
                "run fewer workers on a machine, raise --memory-limit, or use larger cells",
            ),
        )


def differences(there: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each version there that is not the one here."""
    here = versions()
    for name, version in here.items():
        other = there.get(name, "")
        if other != version:
            yield Problem(
                what=Text(
                    f"{name} 版本不同:那里 {other or '无'},这里 {version}",
                    f"{name} differs: {other or 'none'} there, {version} here",
                ),
                remedy=_same(here),
            )


def missing_files(there: Mapping[str, str], layers: Sequence[Layer]) -> Iterator[Problem]:
    """Yield a problem for each layer that is not there, or is another file, by digests found there."""
    for layer in layers:
        digest = there.get(layer.name, "")
        if digest == layer.digest:
            continue
        what = (
            Text(f"没有文件 {layer.path}", f"there is no file {layer.path}")
            if not digest
            else Text(f"{layer.path} 是另一个文件", f"{layer.path} is another file")
        )
        yield Problem(
            what=what,
            remedy=Text(
                "把区域文件夹复制到每台机器的同一路径,或放在共享磁盘上",
                "copy the region's folder to the same path on every machine, or keep it on a shared disk",
            ),
            file=layer.name,
        )


def _same(here: Mapping[str, str]) -> Text:
    wanted = (
        f"yipan=={here['yipan']}, numpy=={here['numpy']}, pandas=={here['pandas']}, Python {here['python']}"
    )
    return Text(
        f"在各工作进程中安装与这里相同的环境({wanted})并重新启动",
        f"install the same environment as here in the workers ({wanted}) and start them again",
    )
