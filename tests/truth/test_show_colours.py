"""Colours that can be told apart: by lightness, by colour-blind readers, and text that can be read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from yipan.show.chapter_region import QUALITY_COLOURS
from yipan.show.colours import ACCENT, BRAND, CATEGORIES, INK, MUTED, RAMPS, contrast, pick, scale_for
from yipan.text import Text

UNIT = Text("分", "points")
# Viénot, Brettel & Mollon 1999: linear RGB as seen by a deuteranope, by a protanope
DEUTAN = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
PROTAN = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])


def linear(colour: str) -> NDArray[np.float64]:
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b* (D65) of linear sRGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(
        rgb, 0, 1
    )
    t = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(a: str, b: str, seen: NDArray[np.float64] | None = None) -> float:
    """Distance in L*a*b* (2 or so is just seen side by side)."""
    one, other = linear(a), linear(b)
    if seen is not None:
        one, other = seen @ one, seen @ other
    return float(np.linalg.norm(lab(one) - lab(other)))


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == 21.0
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the known grey just below 4.5


@pytest.mark.parametrize("ramp", ["good", "burden", "rise", "fall"])
def test_sequential_scales_fall_in_lightness(ramp: str) -> None:
    light = [lab(linear(c))[0] for c in RAMPS[ramp]]
    assert all(a - b > 4 for a, b in pairwise(light))


def test_the_scale_of_changes_is_lightest_in_the_middle() -> None:
    light = [lab(linear(c))[0] for c in RAMPS["change"]]
    assert all(b > a for a, b in pairwise(light[:4]))
    assert all(a > b for a, b in pairwise(light[3:]))


@pytest.mark.parametrize("seen", [None, DEUTAN, PROTAN], ids=["full", "deutan", "protan"])
@pytest.mark.parametrize("ramp", sorted(RAMPS))
def test_neighbouring_classes_can_be_told_apart(ramp: str, seen: NDArray[np.float64] | None) -> None:
    assert min(apart(a, b, seen) for a, b in pairwise(RAMPS[ramp])) > 5


@pytest.mark.parametrize("seen", [DEUTAN, PROTAN], ids=["deutan", "protan"])
def test_worse_and_better_are_different_colours_to_everyone(seen: NDArray[np.float64]) -> None:
    ends = RAMPS["change"]
    assert min(apart(ends[k], ends[-1 - k], seen) for k in range(3)) > 5


@pytest.mark.parametrize("colour", [*CATEGORIES, INK, MUTED, BRAND, ACCENT])
def test_lines_and_texts_stand_out_from_the_page(colour: str) -> None:
    least = 3.0 if colour in CATEGORIES[6:] else 4.5  # graphics need 3, text 4.5 (WCAG 2.2)
    assert contrast(colour, "#ffffff") >= least


def test_qualities_differ_for_colour_blind_readers() -> None:
    for a, b in pairwise(QUALITY_COLOURS):
        assert min(apart(a, b), apart(a, b, DEUTAN)) > 8


def test_breaks_by_hand() -> None:
    # 12 to 58 in at most 7 classes: step 46/7 = 6.6 -> 10, from 10 to 60
    assert scale_for(np.array([12.0, 33.0, 58.0]), "good", UNIT).breaks == (10, 20, 30, 40, 50, 60)
    # one value far above the rest: equal steps would put 19 of 20 zones in one class, so quantiles
    skewed = np.array([*np.linspace(1, 5, 19), 100.0])
    breaks = scale_for(skewed, "good", UNIT).breaks
    assert breaks[0] <= 1
    assert breaks[-1] >= 100
    assert np.histogram(skewed, breaks)[0].max() <= 5
    # changes: symmetric about zero; only the side that occurs is listed
    assert scale_for(np.array([-2.0, 5.0]), "change", UNIT).breaks == (-6, -4, -2, -0.2, 0.2, 2, 4, 6)
    assert scale_for(np.array([0.0, 5.0]), "change", UNIT).breaks == (0, 1, 2, 3, 4, 5)
    fall = scale_for(np.array([-5.0, 0.0]), "change", UNIT)
    assert fall.breaks == (-5, -4, -3, -2, -1, 0)
    assert fall.colour(-0.5) == RAMPS["fall"][0]  # hardly any change: nearly white


def test_picking_keeps_both_ends() -> None:
    assert pick(("a", "b", "c", "d", "e"), 3) == ("a", "c", "e")
