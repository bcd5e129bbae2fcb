"""A siting as interventions and, where its money is known, as candidate projects."""

from __future__ import annotations

import math

from yipan.errors import PlanError, Problem
from yipan.plan.siting.outcome import MINUTES, added_at, cell_name, site_table
from yipan.plan.siting.region import Sited
from yipan.plan.siting.words import describe_siting
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.scenario.interventions import AddPlace, ChangeCapacity
from yipan.scenario.values import Project
from yipan.text import Text


def as_places(
    region: Region,
    sited: Sited,
    *,
    kind: str | None = None,
    capacity: float | None = None,
    unit: str | None = None,
) -> tuple[AddPlace | ChangeCapacity, ...]:
    """Return the siting as interventions: `AddPlace` at each new cell, `ChangeCapacity` where one grows.

    Parameters
    ----------
    kind
        Of the new places; needed where several kinds counted as one.
    capacity, unit
        Of each; left out: what the siting gave it, in the unit of the existing places.

    Raises
    ------
    PlanError
        When the kind of new places is not one kind.

    Examples
    --------
    >>> from yipan.region import example
    >>> from yipan.plan.siting.region import site_facilities
    >>> region = example("tiny")
    >>> s = site_facilities(region, kind="hospital", method="cover", count=1, within=30, mode="drive")
    >>> [p.describe().en for p in as_places(region, s, capacity=200, unit="bed")]
    ['new Hill 1 hospital (hospital) 200 bed']
    """
    own = kind or sited.asked.kind
    if any(c in own for c in "|*"):
        raise PlanError(
            Text("新设施须是一个类别", "new places have to be of one kind"),
            problems=[
                Problem(
                    what=Text(f"{own} 是几个类别", f"{own} stands for several kinds"),
                    remedy=Text("给出其中一个类别", "name one of them"),
                )
            ],
        )
    out: list[AddPlace | ChangeCapacity] = []
    for column in sited.siting.chosen:
        given = added_at(sited, int(column))
        size = capacity if capacity is not None else (None if math.isnan(given) else given)
        if column < len(sited.board.existing):
            if given > 0:
                out.append(ChangeCapacity(place=sited.board.existing[column], add=given))
            continue
        at = int(sited.board.candidates[column - len(sited.board.existing)])
        out.append(_place(region, at, own, size=size, unit=unit if unit is not None else sited.board.unit))
    return tuple(out)


def as_projects(
    region: Region,
    sited: Sited,
    *,
    capital: tuple[float, ...],
    upkeep: float,
    price_year: int,
    life: int,
    source: str,
    quality: Quality = Quality.ASSUMED,
    kind: str | None = None,
    capacity: float | None = None,
    unit: str | None = None,
) -> tuple[Project, ...]:
    """Return one candidate project a new (or enlarged) place; its money has to be given.

    Parameters
    ----------
    capital, upkeep
        Of each place, by building year and by year of operation, 1e8 of the currency at prices of
        `price_year`.
    life
        Years of operation.
    source, quality
        Of the money.
    kind, capacity, unit
        As in `as_places`.
    """
    table = site_table(region, sited).set_index("cell")
    out = []
    for i in as_places(region, sited, kind=kind, capacity=capacity, unit=unit):
        if isinstance(i, AddPlace):
            cell = i.id.removeprefix(f"{i.kind}-")
            key, name, zone = i.id, Text(i.zh, i.en), str(table.loc[cell, "zone"])
            because = _because(sited, float(table.loc[cell, "newly_within"]))  # type: ignore[arg-type]
        else:
            key, name, zone = f"{i.place}-more", i.describe(), _zone_of(region, sited, i.place)
            because = describe_siting(region, sited)[0]
        owner = region.zone_name(zone)
        out.append(
            Project(
                id=key,
                name=name,
                owner=Text(f"{owner.zh}人民政府", f"Government of {owner.en}"),
                zones=(zone,),
                interventions=(i,),
                capital=capital,
                upkeep=upkeep,
                price_year=price_year,
                life=life,
                source=source,
                quality=quality,
                because=because,
                origin="rule:siting",
            )
        )
    return tuple(out)


def _place(region: Region, at: int, kind: str, *, size: float | None, unit: str) -> AddPlace:
    cells, name = region.tables["cells"], cell_name(region, at)
    return AddPlace(
        id=f"{kind}-{cells.array('id')[at]}",
        kind=kind,
        zh=f"{name.zh} {kind}" if name.zh else "",
        en=f"{name.en} {kind}" if name.en else "",
        lon=round(float(cells.numbers("lon")[at]), 5),
        lat=round(float(cells.numbers("lat")[at]), 5),
        capacity=size,
        unit="" if size is None else unit,
    )


def _zone_of(region: Region, sited: Sited, place: str) -> str:
    """Return the zone of the cell nearest to an existing place."""
    column = sited.board.existing.index(place)
    return region.zone_ids[int(region.cell_zone[int(sited.board.seconds[:, column].argmin())])]


def _because(sited: Sited, gain: float) -> Text:
    limit, kind = sited.asked.within or MINUTES, sited.asked.kind
    return Text(
        f"使 {gain:,.0f} 人新进入 {kind} {limit:g} 分钟以内",
        f"brings {gain:,.0f} more residents within {limit:g} min of a {kind}",
    )
