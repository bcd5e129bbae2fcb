"""The Chinese fonts that come with the program: which characters they have, and cuts of them for a page."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Literal

from fontTools import subset
from fontTools.ttLib import TTFont

from yipan.errors import Problem, ShowError
from yipan.text import Text

Weight = Literal["Regular", "Bold"]
WEIGHTS: tuple[Weight, ...] = ("Regular", "Bold")
FOLDER = Path(__file__).resolve().parent / "fonts"
FAMILY = "Noto Sans CJK SC"


def font_file(weight: Weight) -> Path:
    """Return the font file of a weight, or raise `ShowError` saying how to make it."""
    path = FOLDER / f"NotoSansCJKsc-{weight}.otf"
    if not path.is_file():
        raise ShowError(
            Text(
                f"缺少字体 {path.name}:字体在安装时生成,请重新安装(pip install -e . 或 pip install yipan)",
                f"font {path.name} is missing: it is made when Yipan is installed; install again "
                "(pip install -e . or pip install yipan)",
            )
        )
    return path


@lru_cache(maxsize=2)
def characters(weight: Weight = "Regular") -> frozenset[int]:
    """Return the code points the font has."""
    with TTFont(font_file(weight), lazy=True) as font:
        return frozenset(font.getBestCmap())


def lacking(text: Iterable[str]) -> tuple[str, ...]:
    """Return the printable characters of a text the font does not have, each once.

    Examples
    --------
    >>> lacking("重庆 Chongqing"), lacking("重\U0002b7f0")
    ((), ('\U0002b7f0',))
    """
    have = characters()
    return tuple(sorted({c for c in text if c.isprintable() and not c.isspace() and ord(c) not in have}))


def legible(text: str) -> str:
    """Return the text with 〓, the printers' mark for a missing character, for what the font lacks."""
    gone = lacking(text)
    return text.translate({ord(c): "〓" for c in gone}) if gone else text


def lacking_problem(chars: tuple[str, ...]) -> Problem:
    """Return the warning for characters that the report's font cannot draw."""
    listed = " ".join(f"{c} (U+{ord(c):04X})" for c in chars[:20])
    return Problem(
        what=Text(
            f"报告字体缺少 {len(chars)} 个字符:{listed}",
            f"the report's font lacks {len(chars)} characters: {listed}",
        ),
        remedy=Text(
            "PDF 中以〓代替;改用常用字,或在装有该字的电脑上打开网页报告",
            "the PDF shows 〓 instead; use common characters, or open the page where a font has them",
        ),
        severity="warning",
    )


@lru_cache(maxsize=8)
def _cut(weight: Weight, chars: frozenset[int]) -> str:
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options()
    options.layout_features = ["kern"]
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(chars))
    out = io.BytesIO()
    with TTFont(font_file(weight), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        cutter.subset(font)
        font.flavor = "woff2"
        font.save(out)
    return base64.b64encode(out.getvalue()).decode()


def web_fonts(regular: str, bold: str) -> dict[Weight, str]:
    """Return WOFF2 cuts (base64) holding exactly the characters used in each weight.

    Both weights are cut at the same time: compression is most of the work and runs beside Python.
    """
    wanted: dict[Weight, frozenset[int]] = {
        "Regular": frozenset(map(ord, regular)) & characters(),
        "Bold": frozenset(map(ord, bold)) & characters(),
    }
    with ThreadPoolExecutor(2) as pool:
        jobs = {w: pool.submit(_cut, w, chars) for w, chars in wanted.items()}
        return {w: job.result() for w, job in jobs.items()}
