"""What Conveyal R5 7.4 printed for Porto Alegre through r5r: times and opportunities reached."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "oracles" / "r5r_poa" / "published_outputs.txt"
FOURTEEN = 14 * 3600

Table = list[dict[str, str]]


def published_tables(path: Path = PUBLISHED) -> dict[str, Table]:
    """Return every table printed, by the first words of the call that printed it: ``head(ttm, n = 10)``.

    The same call on another page, or a second time, is told apart by a number: ``head(ttm)#2``.
    """
    out: dict[str, Table] = {}
    call, shown = "", []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("#>"):
            shown.append(line[2:])
            continue
        if shown and (table := _table(shown)):
            number = sum(k.split("#")[0] == call for k in out)
            out[call if not number else f"{call}#{number + 1}"] = table
        shown = []
        if line.strip():
            call = line.strip()
    return out


def _table(lines: Sequence[str]) -> Table:
    """Return rows of a printed table whose columns may go on below (without types and row numbers)."""
    rows: dict[int, dict[str, str]] = {}
    names: list[str] = []
    for line in lines:
        row = re.match(r"\s+(\d+):\s+(.*)", line)
        if row:
            rows.setdefault(int(row[1]), {}).update(zip(names, row[2].split(), strict=True))
        elif "<" not in line:
            names = line.split()
    return list(rows.values())


@dataclass(frozen=True)
class Fact:
    """One published time.

    Parameters
    ----------
    minutes
        As printed. `floored`: whole minutes, the rest cut off.
    start, minutes_wide
        First departure, seconds after midnight, and the width of the window in minutes.
    arrive_by
        The latest departure of the window that arrives by then, `start` being that departure.
    parts
        Published minutes of access, wait, ride, transfer and egress; empty where not printed.
    """

    case: str
    origin: str
    destination: str
    minutes: float
    start: int
    minutes_wide: int
    walk: int
    longest: int
    floored: bool = True
    arrive_by: int | None = None
    routes: str = ""
    parts: tuple[float, ...] = ()


PARTS = ("access_time", "wait_time", "ride_time", "transfer_time", "egress_time")


def _clock(text: str) -> int:
    h, m, s = map(int, text.split(":"))
    return 3600 * h + 60 * m + s


def published(path: Path = PUBLISHED) -> tuple[Fact, ...]:
    """Return every published time between two places, with the settings of its call.

    Left out: rows of the expanded matrices from a place to itself but one of each page (all are 0).
    """
    t = published_tables(path)
    cases = (
        ("hexagons, p50 of 14:00–15:00", "head(ttm)", 60, 30, 120),
        ("places, p50 of 14:00–14:10", "head(ttm)#2", 10, 30, 120),
        ("places, p50 of 14:00–14:10, walks up to 60 min", "head(ttm, n = 10)", 10, 60, 60),
    )
    out = [
        Fact(case, r["from_id"], r["to_id"], float(r["travel_time_p50"]), FOURTEEN, width, walk, longest)
        for case, call, width, walk, longest in cases
        for r in t[call]
    ]
    rows = (t["head(ettm)"][0], t["head(ettm, n = 10)"][0], *t["ettm_window[15:25,]"])
    out += [_departure(r) for r in rows]
    out += [
        replace(_departure(r), case="places, latest departure to arrive by 14:00", arrive_by=FOURTEEN)
        for r in t["head(arrival_ttm, n = 10)"]
    ]
    return tuple(out)


def _departure(r: Mapping[str, str]) -> Fact:
    parts = tuple(float(r[p]) for p in PARTS if p in r)
    return Fact(
        "places, one departure", r["from_id"], r["to_id"], float(r["total_time"]),
        _clock(r["departure_time"]), 1, 60, 60, floored=False, routes=r["routes"], parts=parts,
    )  # fmt: skip


@dataclass(frozen=True)
class Itinerary:
    """A published itinerary: minutes of each leg with the wait before it, and its route (none: on foot)."""

    origin: str
    destination: str
    start: int
    minutes: float
    legs: tuple[tuple[float, float, str], ...]


def published_itinerary(path: Path = PUBLISHED) -> Itinerary:
    """Return the first option of the detailed itineraries (walks up to 60 minutes)."""
    text = path.read_text(encoding="utf-8").split("head(det)")[1].split("#####")[0]
    first = re.search(r"(?m)^#> 1 (\w+) .*? (\w+) +-3\S+$", text)
    when = re.search(r"(?m)^#> 1 +\S+ +1 +(\S+) +([\d.]+) ", text)
    legs = re.findall(r"(?m)^#> [1-5] +([\d.]+) +([\d.]+) +\d+ +(\w*) +LINESTRING", text)
    assert first is not None
    assert when is not None
    told = tuple((float(spent), float(wait), route) for spent, wait, route in legs)
    return Itinerary(first[1], first[2], _clock(when[1]), float(when[2]), told)


@dataclass(frozen=True)
class Count:
    """A published number of opportunities within 20 minutes; `whole`: counted from whole minutes."""

    origin: str
    opportunity: str
    value: int
    whole: bool


def published_counts(path: Path = PUBLISHED) -> tuple[Count, ...]:
    """Return the published accessibilities of hexagons (p50 of 14:00–15:00, walks up to 30 minutes)."""
    t = published_tables(path)
    out = [Count(r["id"], r["opportunity"], int(r["accessibility"]), False) for r in t["head(access1)"]]
    for call, name in (("head(access_edu)", "schools"), ("head(access_health)", "healthcare")):
        out += [Count(r["id"], name, int(r[name]), True) for r in t[call]]
    return tuple(out)
