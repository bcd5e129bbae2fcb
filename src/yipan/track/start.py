"""Turning a plan into the first events of a ledger: what is promised, by whom, by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from yipan.errors import LedgerError
from yipan.plan.values import Plan
from yipan.region.value import Region
from yipan.scenario.values import Start
from yipan.text import Text
from yipan.track.events import Event, MilestonePlanned, PlanAdopted, ProjectPlanned, ValuesPromised
from yipan.track.ledger import Ledger


def start_ledger(plan: Plan, region: Region, path: Path | str, *, at: datetime | None = None) -> Ledger:
    """Start a ledger that follows a plan: projects, owners, milestones, promised values by year.

    Parameters
    ----------
    region
        The region the plan was made for.
    path
        A file that does not exist yet; it appears whole or not at all.
    at
        When it is recorded; now by default.

    Raises
    ------
    LedgerError
        The plan was made for another region, or the file exists.
    """
    if plan.region_id != region.id:
        raise LedgerError(
            Text(
                f"方案是为区域 {plan.region_id} 做的,给出的区域是 {region.id}",
                f"the plan was made for the region {plan.region_id}, not for {region.id}",
            )
        )
    return Ledger.create(path, list(planned_events(plan)), at=at)


def planned_events(plan: Plan) -> Iterator[Event]:
    """Yield the events that state a plan, the adoption first."""
    o = plan.objective
    yield PlanAdopted(
        plan=plan.run_id,
        region=plan.region_id,
        name_zh=plan.scenario.name.zh,
        name_en=plan.scenario.name.en,
        start=o.start,
        end=o.end,
        budget=float(o.budget),
        price_year=o.price_year,
        weights={k: float(v) for k, v in o.weights.items()},
    )
    for s in plan.scenario.starts:
        yield _project(s)
        yield from _milestones(s)
    yield from _promises(plan.path, plan.indicator_path)


def _project(s: Start) -> ProjectPlanned:
    p = s.project
    return ProjectPlanned(
        project=p.id,
        name_zh=p.name.zh,
        name_en=p.name.en,
        owner_zh=p.owner.zh,
        owner_en=p.owner.en,
        zones=p.zones,
        capital=tuple(float(c) for c in p.capital),
        upkeep=float(p.upkeep),
        start=s.year,
        effective=s.effective,
    )


def _milestones(s: Start) -> Iterator[MilestonePlanned]:
    p = s.project
    yield MilestonePlanned(milestone=f"{p.id}/start", project=p.id, kind="start", year=s.year, capital=0.0)
    for k, c in enumerate(p.capital):
        yield MilestonePlanned(
            milestone=f"{p.id}/building-{k + 1}",
            project=p.id,
            kind="building",
            year=s.year + k,
            capital=float(c),
        )
    yield MilestonePlanned(
        milestone=f"{p.id}/opening", project=p.id, kind="opening", year=s.effective - 1, capital=0.0
    )


def _promises(path: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[ValuesPromised]:
    for frame in (path, indicators):
        for name in map(str, frame.columns):
            indicator, _, cluster = name.partition(":")
            column = frame[name]
            values = {str(y): float(column[y]) for y in column.index if np.isfinite(column[y])}
            if values:
                yield ValuesPromised(
                    indicator=indicator, scope=f"cluster:{cluster}" if cluster else "region", values=values
                )
