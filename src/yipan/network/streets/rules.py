"""Who may use which street, which way, how fast: the tags of OpenStreetMap read by stated rules.

The rules follow the worldwide defaults of the OpenStreetMap wiki (Key:access, Key:oneway, OSM tags for
routing/Access restrictions) where it states some; the rest is judgement and can be set in `StreetRules`.
`rules_table` (`yipan.network.streets.words`) says all of it in plain words.

Not read: turn restrictions, conditional tags (``access:conditional``), opening hours, and streets mapped
as relations (multipolygon squares, ferry relations); seasonal limits and toll are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Literal

from yipan.network.streets.speeds import Speeds, duration_seconds, limit_kmh
from yipan.network.streets.values import StreetMode

Tags = Mapping[str, str]
Way = Literal["forward", "backward"]

ROADS = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "road",
)  # fmt: skip
PATHS = (
    "pedestrian", "track", "footway", "path", "cycleway", "bridleway", "steps", "corridor", "elevator",
)  # fmt: skip
KINDS = (*ROADS, *PATHS, "platform", "ferry")
"""Kinds of street: values of ``highway``, platforms and ferries; any other ``highway`` is left out."""

NO_STREETS = frozenset(
    {
        "construction", "proposed", "planned", "abandoned", "disused", "razed", "demolished", "dismantled",
        "raceway", "escape", "emergency_bay", "services", "rest_area", "bus_guideway", "busway", "bus_stop",
        "via_ferrata", "no", "none", "street_lamp", "crossing", "trailhead", "toll_gantry",
    }
)  # fmt: skip
"""Values of ``highway`` that are no street to anybody here: left out without a word."""

_MOTOR_ONLY = frozenset({"motorway", "motorway_link"})
WALK = frozenset(KINDS) - _MOTOR_ONLY
CYCLE = (frozenset(ROADS) - _MOTOR_ONLY) | {"track", "path", "cycleway", "ferry"}
DRIVE = frozenset(ROADS)
PUSH = frozenset({"pedestrian"})
NO_PLACES: Mapping[StreetMode, frozenset[str]] = MappingProxyType(
    {
        "walk": frozenset({"ferry", "steps", "elevator"}),
        "cycle": frozenset({"ferry", "steps", "elevator"}),
        "drive": frozenset({"ferry", "motorway", "motorway_link", "trunk", "trunk_link"}),
    }
)


@dataclass(frozen=True, kw_only=True)
class StreetRules:
    """What a mode may use when tags say nothing, and how far tags are believed.

    Parameters
    ----------
    walk, cycle, drive
        Kinds of street open by default.
    push
        Kinds where a bicycle is pushed unless ``bicycle`` says it may be ridden.
    private
        Whether private streets (``private``, ``permit``, ``residents``) may be used.
    no_places
        Kinds that no place is put on, by mode; nor are places put into tunnels or on ``motorroad``.
    """

    walk: frozenset[str] = WALK
    cycle: frozenset[str] = CYCLE
    drive: frozenset[str] = DRIVE
    push: frozenset[str] = PUSH
    private: bool = False
    no_places: Mapping[StreetMode, frozenset[str]] = field(default_factory=lambda: NO_PLACES)

    def open_to(self, mode: StreetMode) -> frozenset[str]:
        """Return the kinds of street open to a mode by default."""
        return {"walk": self.walk, "cycle": self.cycle, "drive": self.drive}[mode]


RULES = StreetRules()
"""The defaults."""


@dataclass(frozen=True)
class Passage:
    """What one mode may do on one way.

    Parameters
    ----------
    kind
        One of `KINDS`.
    forward_kmh, backward_kmh
        Along the way as drawn and against it; 0 where that is not allowed. One of them is above 0.
    seconds
        Duration of the whole way where it states one (ferries), else None.
    places
        Whether places may be put on it.
    unread
        Tags whose value could not be read and was passed over, as ``key=value``.
    """

    kind: str
    forward_kmh: float
    backward_kmh: float
    seconds: float | None = None
    places: bool = True
    unread: tuple[str, ...] = ()


class _Said(Enum):
    YES = 1
    LIMITED = 2  # neither opens a street nor closes it: to get to places on it
    PUSH = 3
    NO = 4


_WORDS: Mapping[str, _Said] = MappingProxyType(
    {
        **dict.fromkeys(("yes", "designated", "permissive", "official", "true", "1"), _Said.YES),
        **dict.fromkeys(("destination", "customers", "discouraged", "visitors"), _Said.LIMITED),
        "dismount": _Said.PUSH,
        **dict.fromkeys(
            (
                "no", "false", "0", "use_sidepath", "delivery", "agricultural", "forestry", "military",
                "emergency", "employees", "staff", "bus", "psv", "restricted", "private", "permit",
                "residents", "resident",
            ),
            _Said.NO,
        ),
    }
)  # fmt: skip
_PRIVATE = {"private", "permit", "residents", "resident"}
_KEYS: Mapping[StreetMode, tuple[str, ...]] = MappingProxyType(
    {
        "walk": ("foot", "access"),
        "cycle": ("bicycle", "vehicle", "access"),
        "drive": ("motorcar", "motor_vehicle", "vehicle", "access"),
    }
)
_OWN = {"foot", "bicycle", "motorcar", "motor_vehicle"}  # keys that open a street its kind closes
_YES, _NO, _AGAINST = {"yes", "true", "1"}, {"no", "false", "0"}, {"-1", "reverse"}
# nodes that a car cannot pass unless tags say so; a bicycle is lifted or pushed over all of them
_BARRIERS = {
    "block", "bollard", "bus_trap", "chain", "cycle_barrier", "debris", "fence", "full-height_turnstile",
    "hampshire_gate", "horse_stile", "jersey_barrier", "kissing_gate", "log", "motorcycle_barrier", "planter",
    "rope", "sally_port", "stile", "swing_gate", "turnstile", "wall",
}  # fmt: skip
TAGS = frozenset(
    {
        "highway", "route", "railway", "public_transport", "area", "junction", "oneway", "oneway:foot",
        "oneway:bicycle", "oneway:motor_vehicle", "oneway:motorcar", "oneway:vehicle", "conveying",
        "cycleway", "cycleway:left", "cycleway:right", "cycleway:both", "cycleway:left:oneway",
        "cycleway:right:oneway",
        "maxspeed", "maxspeed:forward", "maxspeed:backward", "duration", "motorroad", "tunnel", "service",
        "ramp:bicycle", "barrier",
        *(key + end for keys in _KEYS.values() for key in keys for end in ("", ":forward", ":backward")),
    }
)  # fmt: skip
"""Every tag that the rules look at; other tags change nothing."""


def kind_of(tags: Tags) -> str | None:
    """Return the kind of street a way is, None where it is none (or not built, or not any more).

    Of several values (``unclassified;tertiary``) the first that is a kind of street holds.

    Examples
    --------
    >>> kind_of({"highway": "residential"}), kind_of({"highway": "construction"}), kind_of({"route": "ferry"})
    ('residential', None, 'ferry')
    """
    highway = tags.get("highway")
    if highway is not None:
        parts = [p.strip() for p in highway.split(";")]
        return next((p for p in parts if p in KINDS and p != "ferry"), None)
    if tags.get("route") == "ferry":
        return "ferry"
    if tags.get("railway") == "platform" or tags.get("public_transport") == "platform":
        return "platform"
    return None


def unknown_kind(tags: Tags) -> bool:
    """Return whether a way has a ``highway`` that nobody knows, neither as a street nor as none.

    Examples
    --------
    >>> [unknown_kind({"highway": h}) for h in ("residental", "residential", "proposed")]
    [True, False, False]
    """
    return "highway" in tags and kind_of(tags) is None and tags["highway"] not in NO_STREETS


def passage(tags: Tags, mode: StreetMode, *, rules: StreetRules, speeds: Speeds) -> Passage | None:
    """Return what a mode may do on a way with these tags, None where it may not use it at all.

    Examples
    --------
    >>> oneway = {"highway": "residential", "oneway": "yes"}
    >>> passage(oneway, "walk", rules=RULES, speeds=Speeds())
    Passage(kind='residential', forward_kmh=3.6, backward_kmh=3.6, seconds=None, places=True, unread=())
    >>> passage(oneway, "drive", rules=RULES, speeds=Speeds()).backward_kmh
    0.0
    >>> passage({"highway": "steps"}, "cycle", rules=RULES, speeds=Speeds()) is None
    True
    """
    kind = kind_of(tags)
    if kind is None or (mode == "drive" and tags.get("area") == "yes"):
        return None
    asked, unread = _Asked(tags, mode, kind, rules, speeds), list[str]()
    forward, backward = _kmh(asked, "forward", unread), _kmh(asked, "backward", unread)
    if not forward and not backward:
        return None
    seconds = None
    if kind == "ferry" and "duration" in tags:
        try:
            seconds = duration_seconds(tags["duration"])
        except ValueError:
            unread.append(f"duration={tags['duration']}")
    tunnel = tags.get("tunnel", "no") not in (*_NO, "building_passage")
    places = kind not in rules.no_places[mode] and not tunnel and tags.get("motorroad") != "yes"
    return Passage(kind, forward, backward, seconds, places, tuple(dict.fromkeys(unread)))


def blocked(tags: Tags, mode: StreetMode, *, rules: StreetRules) -> bool:
    """Return whether a barrier on a point of a street (a node with these tags) stops a mode.

    Examples
    --------
    >>> [blocked({"barrier": b}, "drive", rules=RULES) for b in ("bollard", "gate")]
    [True, False]
    """
    if "barrier" not in tags:
        return False
    for key in (k for k in _KEYS[mode] if k in tags):
        said = _read(tags[key], rules)
        if said is not None:
            return said is _Said.NO
    return mode == "drive" and tags["barrier"] in _BARRIERS


def _read(value: str, rules: StreetRules) -> _Said | None:
    """Return what a value of an access tag says, None where it is unknown."""
    for part in value.lower().split(";"):
        word = part.strip()
        if rules.private and word in _PRIVATE:
            return _Said.LIMITED
        if word in _WORDS:
            return _WORDS[word]
    return None


@dataclass(frozen=True)
class _Asked:
    """The question that `passage` answers."""

    tags: Tags
    mode: StreetMode
    kind: str
    rules: StreetRules
    speeds: Speeds


def _kmh(asked: _Asked, way: Way, unread: list[str]) -> float:
    """Return km/h in one direction, 0 where it is not allowed."""
    tags, mode, speeds = asked.tags, asked.mode, asked.speeds
    only = _walk_direction(tags) if mode == "walk" else _direction(asked)
    said = _access(asked, way, unread)
    if said is _Said.NO or only not in (None, way):
        return 0.0
    if asked.kind == "ferry":
        return speeds.ferry_kmh
    if mode == "drive":
        return speeds.driven(asked.kind, _limit(tags, way, speeds, unread=unread))
    steps = speeds.steps_factor if asked.kind == "steps" else 1.0
    if mode == "walk":
        return speeds.walk_kmh * steps
    return speeds.push_kmh * steps if said is _Said.PUSH else speeds.cycle_kmh


def _limit(tags: Tags, way: Way, speeds: Speeds, *, unread: list[str]) -> float | None:
    for key in (f"maxspeed:{way}", "maxspeed"):
        if key in tags:
            try:
                return limit_kmh(tags[key], zones=speeds.zone_kmh)
            except ValueError:
                unread.append(f"{key}={tags[key]}")
    return None


def _access(asked: _Asked, way: Way, unread: list[str]) -> _Said:
    """Return YES, PUSH or NO: the most specific tag that says something holds, else the kind's default."""
    tags, mode, default = asked.tags, asked.mode, _default(asked)
    for name in (n for key in _KEYS[mode] for n in (f"{key}:{way}", key) if n in tags):
        said = _read(tags[name], asked.rules)
        if said is None:
            unread.append(f"{name}={tags[name]}")
            continue
        if said is _Said.NO or (said is _Said.PUSH and mode == "cycle"):
            return said
        own = name.partition(":")[0] in _OWN
        opens = said is _Said.YES and own and tags.get("service") != "emergency_access"
        return _Said.YES if opens else default
    return default


def _default(asked: _Asked) -> _Said:
    """Return what holds when no access tag says anything."""
    tags, mode, kind = asked.tags, asked.mode, asked.kind
    if mode != "drive" and tags.get("motorroad") == "yes":
        return _Said.NO
    if mode == "drive" and tags.get("service") == "emergency_access":
        return _Said.NO
    ramp = kind == "steps" and tags.get("ramp:bicycle") == "yes"
    if mode == "cycle" and (ramp or kind in asked.rules.push):
        return _Said.PUSH
    return _Said.YES if kind in asked.rules.open_to(mode) else _Said.NO


def _walk_direction(tags: Tags) -> str | None:
    """Return the only direction one may walk: escalators and explicit signs, never a oneway for vehicles."""
    moving = tags.get("conveying")
    if moving in ("forward", "backward"):
        return moving
    return _oneway(tags.get("oneway:foot"))


def _direction(asked: _Asked) -> str | None:
    """Return the only direction for vehicles, None for both, ``none`` where it changes during the day."""
    tags, mode = asked.tags, asked.mode
    own = ("oneway:bicycle",) if mode == "cycle" else ("oneway:motorcar", "oneway:motor_vehicle")
    for key in (*own, "oneway:vehicle"):
        if key in tags:
            return _oneway(tags[key])
    allowed = _oneway(tags.get("oneway"))
    implied = asked.kind == "motorway" or tags.get("junction") in ("roundabout", "circular")
    if allowed is None and implied and tags.get("oneway") not in _NO:
        allowed = "forward"
    return None if mode == "cycle" and allowed is not None and _contraflow(tags) else allowed


def _oneway(value: str | None) -> str | None:
    if value in _YES:
        return "forward"
    if value in _AGAINST:
        return "backward"
    return "none" if value == "reversible" else None


def _contraflow(tags: Tags) -> bool:
    """Return whether a cycle lane runs against a one-way street."""
    lanes = [tags.get(k, "") for k in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")]
    sides = [tags.get(k) for k in ("cycleway:left:oneway", "cycleway:right:oneway")]
    return any(lane.startswith("opposite") for lane in lanes) or any(s in ("no", "-1") for s in sides)
