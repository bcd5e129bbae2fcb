"""Laws of the access rules: whatever mappers wrote, an answer of sound numbers; closing never opens."""

from __future__ import annotations

import math
from typing import get_args

from hypothesis import example, given, settings
from hypothesis import strategies as st

from yipan.network.streets.rules import KINDS, RULES, TAGS, blocked, kind_of, passage
from yipan.network.streets.speeds import SPEEDS, duration_seconds, limit_kmh
from yipan.network.streets.values import StreetMode

MODES: tuple[StreetMode, ...] = get_args(StreetMode)
VALUES = st.sampled_from(
    ["yes", "no", "private", "designated", "-1", "1", "reversible", "dismount", "use_sidepath", "destination",
     "roundabout", "ferry", "platform", "50", "30 mph", "walk", "BR:urban", "50;x", "opposite", "forward", ""]
) | st.text(max_size=6)  # fmt: skip
TAG_SETS = st.dictionaries(st.sampled_from(sorted(TAGS)), VALUES, max_size=7)
HIGHWAYS = st.sampled_from([*KINDS, "construction", "proposed", "raceway"])
MANY = settings(max_examples=400, deadline=None)


@MANY
@given(TAG_SETS, HIGHWAYS, st.sampled_from(MODES))
@example({"oneway": "-1", "oneway:bicycle": "reversible"}, "residential", "cycle")
def test_any_tags_give_sound_speeds_or_none(tags: dict[str, str], highway: str, mode: StreetMode) -> None:
    given_tags = {"highway": highway} | tags
    found = passage(given_tags, mode, rules=RULES, speeds=SPEEDS)
    blocked(given_tags, mode, rules=RULES)
    if found is None:
        return
    assert found.kind in KINDS
    assert found.kind == kind_of(given_tags)
    assert all(math.isfinite(k) and 0 <= k <= 200 for k in (found.forward_kmh, found.backward_kmh))
    assert max(found.forward_kmh, found.backward_kmh) > 0
    assert found.seconds is None or found.seconds > 0
    assert all(given_tags[tag.partition("=")[0]] == tag.partition("=")[2] for tag in found.unread)


@MANY
@given(TAG_SETS, HIGHWAYS, st.sampled_from([("walk", "foot"), ("cycle", "bicycle"), ("drive", "motorcar")]))
def test_a_mode_that_its_own_tag_forbids_never_passes(
    tags: dict[str, str], highway: str, forbidden: tuple[StreetMode, str]
) -> None:
    mode, key = forbidden
    # directional tags say more than the tag of the mode: without them it is the last word
    plain = {k: v for k, v in tags.items() if not k.endswith((":forward", ":backward"))}
    assert passage({"highway": highway} | plain | {key: "no"}, mode, rules=RULES, speeds=SPEEDS) is None


@MANY
@given(TAG_SETS, HIGHWAYS, st.sampled_from(MODES))
def test_tags_outside_the_list_change_nothing(tags: dict[str, str], highway: str, mode: StreetMode) -> None:
    given_tags = {"highway": highway} | tags
    more = given_tags | {"name": "High Street", "surface": "no", "foot:conditional": "no", "lanes": "-1"}
    assert passage(more, mode, rules=RULES, speeds=SPEEDS) == passage(
        given_tags, mode, rules=RULES, speeds=SPEEDS
    )


@MANY
@given(st.text(max_size=12) | st.from_regex(r"[0-9:.,;PTHMS kmph/]{1,10}", fullmatch=True))
def test_limits_and_durations_are_sound_or_refused(value: str) -> None:
    for read, most in ((limit_kmh, 200.0), (duration_seconds, 7 * 86_400.0)):
        try:
            number = read(value)
        except ValueError:
            continue
        assert number is None or 0 < number <= most
