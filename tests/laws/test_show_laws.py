"""Laws of scales, labels, breaks of names, numbers and punctuation."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.region import example
from yipan.show.charts import ticks
from yipan.show.colours import Ramp, scale_for
from yipan.show.labels import Wish, overlap, place, spread, wrap
from yipan.show.numbers import fixed
from yipan.show.plane import ground_of
from yipan.show.svg import el, render
from yipan.show.typography import chinese
from yipan.text import Text

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
NUMBERS = st.floats(min_value=-1e7, max_value=1e7, allow_nan=False).map(lambda v: round(v, 6))
NAMES = st.text(alphabet="渝中区县市万州Chongqig '-", min_size=1, max_size=24).filter(lambda s: s.strip())


@QUICK
@given(st.lists(NUMBERS, min_size=1, max_size=40), st.sampled_from(["good", "burden", "change"]))
def test_every_value_has_a_class_that_holds_it(values: list[float], ramp: Ramp) -> None:
    scale = scale_for(np.array(values), ramp, Text("分", "points"))
    assert len(scale.breaks) == len(scale.colours) + 1
    assert all(a < b for a, b in zip(scale.breaks, scale.breaks[1:], strict=False))
    for value in values:
        k = scale.class_of(value)
        assert k is not None
        slack = 1e-9 * max(abs(value), 1.0)
        assert scale.breaks[k] - slack <= value <= scale.breaks[k + 1] + slack
    assert scale.class_of(float("nan")) is None


@QUICK
@given(st.lists(st.tuples(st.floats(20, 380), st.floats(20, 280), NAMES), min_size=1, max_size=25))
def test_labels_never_cover_each_other_or_leave_the_map(points: list[tuple[float, float, str]]) -> None:
    frame = (0.0, 0.0, 400.0, 300.0)
    keep_off = (300.0, 200.0, 400.0, 300.0)
    wishes = [Wish(str(k), wrap(n), x, y, 20.0, -k) for k, (x, y, n) in enumerate(points)]
    placed = place(wishes, size=12, frame=frame, taken=[keep_off])
    for i, a in enumerate(placed):
        assert a.box[0] >= 0
        assert a.box[1] >= 0
        assert a.box[2] <= 400
        assert a.box[3] <= 300
        assert not overlap(a.box, keep_off)
        assert not any(overlap(a.box, b.box) for b in placed[:i])


@QUICK
@given(st.lists(st.floats(0, 300), min_size=1, max_size=9))
def test_spread_keeps_order_and_distance(wanted: list[float]) -> None:
    out = spread(wanted, 16.0, 0.0, 300.0)
    order = np.argsort(wanted, kind="stable")
    moved = np.array(out)[order]
    assert np.all(np.diff(moved) >= 16.0 - 1e-6)
    assert moved[-1] <= 300.0 + 1e-6


@QUICK
@given(NAMES)
def test_wrapping_loses_no_character(name: str) -> None:
    assert "".join("".join(wrap(name)).split()) == "".join(name.split())


@QUICK
@given(NUMBERS, st.integers(0, 3))
def test_written_numbers_read_back(value: float, decimals: int) -> None:
    assert abs(float(fixed(value, decimals).replace(",", "")) - value) <= 0.5 * 10.0**-decimals + 1e-9


@QUICK
@given(st.text(alphabet="区(),:;abc 1.5,万a分:", max_size=40))
def test_punctuation_settles_and_touches_nothing_else(text: str) -> None:
    once = chinese(text)
    assert chinese(once) == once
    keep = str.maketrans("", "", " ,:;()\uff0c\uff1a\uff1b\uff08\uff09")
    assert once.translate(keep) == text.translate(keep)


@QUICK
@given(NUMBERS, st.floats(0, 1e6))
def test_ticks_cover_their_range(low: float, width: float) -> None:
    marks = ticks(low, low + width)
    slack = 1e-6 * max(abs(low), width, 1.0)
    assert marks[0] <= low + slack
    assert marks[-1] >= low + width - slack
    assert len(marks) <= 12


@QUICK
@given(st.text(max_size=30))
def test_svg_text_is_always_escaped(text: str) -> None:
    written = render(el("text", el("title", text), x=1.0, data_name=text))
    assert written.count("<") == 4
    assert written.count(">") == 4


def test_maps_are_drawn_to_scale() -> None:
    """Tiny is 0.4° by 0.4° at 29.2° N: 111.32 km × 0.4 × cos 29.2° = 38.9 km by 110.85 km × 0.4 = 44.3 km."""
    ground = ground_of(example("tiny"))
    frame = ground.fit(900, 760)
    west, south, east, north = ground.bounds
    assert abs((east - west) / 1000 - 38.9) < 0.15
    assert abs((north - south) / 1000 - 44.34) < 0.15
    (x0, y0), (x1, y1) = frame.px(np.array([[west, north], [east, south]]))
    assert abs((x1 - x0) / (east - west) - (y1 - y0) / (north - south)) < 1e-12
    assert abs(frame.scale - (x1 - x0) / (east - west)) < 1e-12
