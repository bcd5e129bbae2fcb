"""The access rules and speeds in plain words, as a table for the documentation and the report."""

from __future__ import annotations

from yipan.network.streets.rules import KINDS, RULES, StreetRules, passage
from yipan.network.streets.speeds import SPEEDS, Speeds
from yipan.network.streets.values import StreetMode
from yipan.text import Text

Row = tuple[Text, Text, Text, Text]
"""A kind of street or a tag, and what it means for walking, cycling and driving."""

HEADER: Row = (
    Text("街道", "street"),
    Text("步行", "walking"),
    Text("骑行", "cycling"),
    Text("驾车", "driving"),
)
_CLOSED, _SAME = Text("不可通行", "closed"), Text("同左", "the same")
_MODES: tuple[StreetMode, ...] = ("walk", "cycle", "drive")


def rules_table(rules: StreetRules = RULES, *, speeds: Speeds = SPEEDS) -> tuple[Row, ...]:
    """Return what tags mean for each mode: a row for every kind of street, then one for every rule.

    Examples
    --------
    >>> table = rules_table()
    >>> [cell.en for cell in table[0]]
    ['highway=motorway', 'closed', 'closed', '90 km/h']
    """
    return (*(_kind_row(kind, rules, speeds) for kind in KINDS), *_tag_rows(rules, speeds))


def _kind_row(kind: str, rules: StreetRules, speeds: Speeds) -> Row:
    tag = {"platform": "railway=platform", "ferry": "route=ferry"}.get(kind, f"highway={kind}")
    key, _, value = tag.partition("=")
    cells = [passage({key: value}, mode, rules=rules, speeds=speeds) for mode in _MODES]
    words = [_CLOSED if c is None else _kmh(max(c.forward_kmh, c.backward_kmh)) for c in cells]
    return Text(tag, tag), words[0], words[1], words[2]


def _kmh(value: float) -> Text:
    return Text(f"{value:g} km/h", f"{value:g} km/h")


def _tag_rows(rules: StreetRules, speeds: Speeds) -> tuple[Row, ...]:
    private = Text("可通行", "open") if rules.private else _CLOSED
    none = Text("不影响", "no effect")
    return (
        (
            Text("通行标签,越具体越优先", "access tags, the most specific holds"),
            Text("foot,其次 access", "foot, then access"),
            Text("bicycle,其次 vehicle、access", "bicycle, then vehicle, access"),
            Text(
                "motorcar,其次 motor_vehicle、vehicle、access",
                "motorcar, then motor_vehicle, vehicle, access",
            ),
        ),
        (
            Text("yes、designated、permissive、official", "yes, designated, permissive, official"),
            Text(
                "foot 可打开默认封闭的街道;access 不能", "foot opens a closed kind of street; access does not"
            ),
            Text("bicycle 同理", "likewise bicycle"),
            Text("motorcar、motor_vehicle 同理", "likewise motorcar, motor_vehicle"),
        ),
        (
            Text("destination、customers、discouraged", "destination, customers, discouraged"),
            Text("按街道类别的默认", "as the kind of street by default"),
            _SAME,
            _SAME,
        ),
        (Text("private、permit、residents", "private, permit, residents"), private, private, private),
        (
            Text(
                "no、use_sidepath、delivery、agricultural、forestry、military、emergency 等",
                "no, use_sidepath, delivery, agricultural, forestry, military, emergency …",
            ),
            _CLOSED,
            _CLOSED,
            _CLOSED,
        ),
        (
            Text(
                "bicycle=dismount;步行街;带推车坡道的台阶",
                "bicycle=dismount; pedestrian streets; steps with ramp:bicycle",
            ),
            none,
            Text(f"推行 {speeds.push_kmh:g} km/h", f"pushed at {speeds.push_kmh:g} km/h"),
            none,
        ),
        (
            Text(
                "oneway=yes、-1、no;环岛与高速公路默认单向",
                "oneway=yes, -1, no; roundabouts and motorways are one-way",
            ),
            Text("只看 oneway:foot 与自动扶梯(conveying)", "only oneway:foot and escalators (conveying)"),
            Text("oneway:bicycle、cycleway=opposite 优先", "oneway:bicycle and cycleway=opposite come first"),
            Text(
                "oneway:motorcar、oneway:motor_vehicle 优先",
                "oneway:motorcar, oneway:motor_vehicle come first",
            ),
        ),
        (Text("oneway=reversible", "oneway=reversible"), none, _CLOSED, _CLOSED),
        (Text("motorroad=yes", "motorroad=yes"), _CLOSED, _CLOSED, none),
        (Text("service=emergency_access", "service=emergency_access"), none, none, _CLOSED),
        (
            Text("area=yes", "area=yes"),
            Text("沿轮廓通行", "along the outline"),
            _SAME,
            _CLOSED,
        ),
        (
            Text("节点上的 barrier", "barrier on a node"),
            Text("仅按通行标签", "by access tags only"),
            _SAME,
            Text("护柱、石墩等默认阻断;大门默认可过", "bollards, blocks … stop; gates do not"),
        ),
        (
            Text("maxspeed", "maxspeed"),
            none,
            none,
            Text(
                "限速乘以该类道路的拥堵系数;多个值取最低;读不懂则告知并按类别",
                "the limit times the share that congestion leaves; the lowest of several; "
                "unreadable ones are reported and the kind's speed is used",
            ),
        ),
        (
            Text("轮渡的 duration", "duration of a ferry"),
            Text("按所写时长;候船时间不计", "as stated; waiting is not counted"),
            _SAME,
            Text("须有 motor_vehicle=yes", "needs motor_vehicle=yes"),
        ),
        (
            Text("地点不吸附于", "places are not put on"),
            _no_places(rules, "walk"),
            _no_places(rules, "cycle"),
            _no_places(rules, "drive"),
        ),
    )


def _no_places(rules: StreetRules, mode: StreetMode) -> Text:
    names = [k for k in KINDS if k in rules.no_places[mode]]
    return Text("、".join([*names, "隧道"]), ", ".join([*names, "tunnels"]))
