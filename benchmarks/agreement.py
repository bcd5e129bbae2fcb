"""Agreement with Conveyal R5's published times and with cafein: the tables of docs/agreement.md.

    python benchmarks/agreement.py [--json]

R5: what r5r's pages print for Porto Alegre, beside Yipan under R5's rules, and what each rule changes.
cafein: run here on the same files; the timetable search alone, the walks alone, and door to door. What is
missing, data or peer, is said and passed over. With ``--json`` one object a line: name, value, unit, bar,
ratio, ok.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import _agreement_cafein as peer
import _agreement_legs as legs
import _agreement_r5 as r5
import numpy as np
from _agreement_published import Fact, published, published_counts, published_itinerary


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


CHANGES: tuple[tuple[str, dict[str, object]], ...] = (
    ("R5's rules", {}),
    ("no slack at boarding", {"slack": 0}),
    ("slack of exactly 60 s", {"slack": 60}),
    ("blank times evenly", {"interpolate": "even", "ellipsoid": False}),
    ("distances on the sphere", {"ellipsoid": False}),
    ("walks not rounded up", {"whole_seconds": False}),
    ("slopes (Tobler)", {"slopes": True}),
    ("off the street at 3.6 km/h", {"off_kmh": 3.6}),
    ("steps at half speed", {"steps": 0.5}),
    ("all transfers up to 2 km", {"closest_only": False, "transfer_m": 2000}),
    ("8 rides", {"max_rides": 8}),
    ("private streets", {"private": True}),
    ("access walks 5 s longer", {"late": 5}),
)


def clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}"


def of_r5(*, quiet: bool) -> Iterator[Row]:
    """Tell R5's published times beside ours, then what each rule changes."""
    town, facts = r5.Town(r5.R5), published()
    found = r5.compare(town, facts)
    if not quiet:
        tell_pairs(found)
        tell_departures(town, [c for c in found if c.fact.parts and c.fact.routes != "[WALK]"])
        tell_itinerary(town)
        tell_counts(town)
        tell_changes(facts)
    off = np.array([abs(c.difference) for c in found])
    yield Row(
        "R5: published times within 2 minutes",
        float((off <= 2).mean()),
        "share",
        1.0,
        None,
        bool(off.max() <= 2),
    )
    yield Row(
        "R5: published times within 10 seconds or the same minute",
        float((off <= 1 / 6).mean()),
        "share",
        None,
        None,
        ok=True,
    )
    yield Row("R5: largest difference", float(off.max()), "min", 2.0, None, bool(off.max() <= 2))
    same = np.equal(r5.counts(town, published_counts()), [c.value for c in published_counts()])
    yield Row("R5: published opportunities equal", float(same.mean()), "share", None, None, ok=True)


def line(*cells: object) -> None:
    print(" | ".join(map(str, cells)))


def tell_pairs(found: list[r5.Compared]) -> None:
    line("case", "from", "to", "leave", "R5", "Yipan", "difference")
    for c in found:
        f = c.fact
        when = "" if f.floored else clock(c.departure)
        line(f.case, f.origin, f.destination, when, f"{f.minutes:g}", f"{c.ours:.2f}", f"{c.difference:+.1f}")


def tell_departures(town: r5.Town, found: list[r5.Compared]) -> None:
    print("\nto | leave | who | access | wait | ride | transfer | egress | total | routes")
    for f in (c.fact for c in found):
        j, total = journey(town, f)
        routes = "|".join(leg.route for leg in j if leg.route)
        theirs, ours = (" | ".join(f"{p:.1f}" for p in parts) for parts in (f.parts, legs.parts(j)))
        print(f"{f.destination} | {clock(f.start)} | R5 | {theirs} | {f.minutes:.1f} | {f.routes}")
        print(f" | | Yipan | {ours} | {total:.1f} | {routes} | {legs.told(j)}")


def journey(town: r5.Town, f: Fact) -> tuple[tuple[legs.Leg, ...], float]:
    walks = town.walks([f.origin], [f.destination], minutes=f.walk)
    query = town.query(f.start, 1, longest=f.longest)
    access, egress = legs.of_one(walks.access, 0), legs.of_one(walks.egress, 0)
    return legs.journey(town.network, access, egress, f.start, query), town.seconds(walks, query)[
        0, 0, 0
    ] / 60


def tell_itinerary(town: r5.Town) -> None:
    told = published_itinerary()
    f = Fact("itinerary", told.origin, told.destination, told.minutes, told.start, 1, 60, 120)
    j, total = journey(town, f)
    print(f"\n{told.origin} → {told.destination}, 14:09:10: R5 {told.minutes} {told.legs}")
    print(f"Yipan {total:.1f}: {legs.told(j)}")


def tell_counts(town: r5.Town) -> None:
    wanted = published_counts()
    rows = [r5.counts(town, wanted, shift=s) for s in (-1.0, 0.0, 1.0)]
    print("\nhexagon | within 20 min | R5 | Yipan | within 19 | within 21")
    for c, low, same, high in zip(wanted, *rows, strict=True):
        rule = "whole minutes" if c.whole else "seconds"
        print(f"{c.origin} | {c.opportunity} ({rule}) | {c.value} | {same} | {low} | {high}")


def tell_changes(facts: tuple[Fact, ...]) -> None:
    print("\nrule changed | equal to 10 s or the minute | over 2 min | largest | mean")
    for name, change in CHANGES:
        off = np.array([abs(c.difference) for c in r5.compare(r5.Town(replace(r5.R5, **change)), facts)])
        near, far = int((off <= 1 / 6).sum()), int((off > 2).sum())
        print(f"{name} | {near} of {len(off)} | {far} | {off.max():.1f} | {off.mean():.2f}")


def of_cafein(*, quiet: bool) -> Iterator[Row]:
    """Run cafein on the same files: door to door as it is, then with our footpaths."""
    both = peer.Beside()
    told = [both.by_walk(private=p) for p in (False, True)]
    doors = [both.by_door(width, private=p) for width in (1, 60) for p in (False, True)]
    widest = both.widest(private=True)
    both.give_footpaths()
    stops = [s for width in (1, 60) for s in both.by_stop(width)]
    same = [(w, both.by_door_same_walks(w)) for w in (1, 60)]
    if not quiet:
        tell_shares((*told, *doors, *stops))
        for width, (equal, walked, slower) in same:
            line(
                f"our search on cafein's walks, {width} departures", f"equal {equal:.1%}",
                f"direct walks {walked:.1%}", f"slower in cafein {slower:.1%}",
            )  # fmt: skip
        for pair in widest:
            times = f"Yipan {pair.ours / 60:.1f}, cafein {pair.theirs / 60:.1f}"
            print(f"\n{pair.origin} → {pair.destination}: {times}")
            print(f"  Yipan:  {pair.our_legs}\n  cafein: {pair.their_legs}")
    for s in stops:
        yield Row(
            f"cafein: timetable search alone, {s.name}, equal to the second",
            s.equal,
            "share",
            1.0,
            None,
            s.equal == 1.0,
        )
    for s in (*told, *doors):
        yield Row(f"cafein: {s.name}, within 60 s", s.within_60, "share", None, None, ok=True)


def tell_shares(told: tuple[peer.Shares, ...]) -> None:
    print()
    spread = "ours − theirs, s: least, 1, 5, 25, 50, 75, 95, 99 %, most"
    line("cafein", "pairs", "only Yipan", "only cafein", "equal", "≤ 60 s", "≤ 120 s", spread)
    for s in told:
        shares = [f"{x:.2%}" for x in (s.only_ours, s.only_theirs, s.equal, s.within_60, s.within_120)]
        line(s.name, f"{s.pairs:,}", *shares, " ".join(f"{q:.0f}" for q in s.quantiles))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if lost := r5.missing():
        print(f"{', '.join(lost)} not here; passed over", file=sys.stderr)
        return 0
    rows = list(of_r5(quiet=given.json))
    if peer.installed():
        rows += of_cafein(quiet=given.json)
    else:
        print("cafein is not installed; passed over", file=sys.stderr)
    for row in rows:
        mark = "ok" if row.ok else "NOT OK"
        print(
            json.dumps(asdict(row)) if given.json else f"{row.name:<70}{row.value:>10.4f} {row.unit:<6}{mark}"
        )
    return 0 if all(r.ok for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
