"""Chinese punctuation: texts are typed with keyboard marks and set with full-width ones."""

from __future__ import annotations

import re
from functools import lru_cache

_HAN = r"\u3400-\u9fff\u3000-\u303f\uff01-\uff5e“”"
_WIDE = {",": "\uff0c", ":": "\uff1a", ";": "\uff1b", "?": "\uff1f", "!": "\uff01"}
_MARK = re.compile(rf"(?:(?<=[{_HAN}])\s*|(?<=[\w%²)\]])(?=[,;:]\s*[{_HAN}]))([,:;?!])\s*(?!//)")
_BRACKETS = re.compile(r"\s?\(([^()]*)\)\s?")
_HAN_END, _HAN_START = re.compile(rf"[{_HAN}]$"), re.compile(rf"^[{_HAN}]")


@lru_cache(maxsize=8192)
def chinese(text: str) -> str:
    """Return a Chinese text with full-width commas, colons, semicolons and brackets next to hanzi.

    Marks between Latin letters and digits (numbers, formulas, addresses) stay as they are; doing it twice
    changes nothing.

    Examples
    --------
    >>> chinese("官方(主管部门发布),推算:1,234.5 人;经度(WGS-84)")
    '官方（主管部门发布），推算：1,234.5 人；经度（WGS-84）'
    >>> chinese("sum_c(pop_c, t <= 60)")
    'sum_c(pop_c, t <= 60)'
    """
    if text.isascii():
        return text
    text = _BRACKETS.sub(lambda m: _bracket(m, text), text)
    while (after := _MARK.sub(lambda m: _WIDE[m[1]], text)) != text:  # a mark may stand next to a mark
        text = after
    return text


def _bracket(match: re.Match[str], text: str) -> str:
    before, inner, after = text[: match.start()], match[1], text[match.end() :]
    if (
        _HAN_END.search(before)
        or _HAN_START.search(inner)
        or _HAN_END.search(inner)
        or _HAN_START.search(after)
    ):
        return f"\uff08{inner}\uff09"
    return match[0]
