"""The listing that a person gets for a folder with many mistakes, in both languages, word for word.

``check_broken.txt`` is read by people: when a wording changes on purpose, put the new listing there.
"""

from __future__ import annotations

from pathlib import Path

from yipan.region import example, read_checked, write_region

MISTAKES = (
    ("region.toml", 'core = ["A"]', 'core = ["A", "X"]'),
    ("region.toml", "[assumptions.park_time]", "[assumptions.parking]"),
    ("region.toml", "licence =", "license ="),
    ("zones.geojson", "[106.4, 29.2], [106.4, 29.4],", "[106.5, 29.2], [106.4, 29.4],"),
    ("statistics.csv", "B,area,2020,432,km2", "B,area,2020,432,person"),
    ("statistics.csv", "A,population,2020,300000,person", "A,population,2020,30,1e4 person"),
    ("statistics.csv", "B,population,2020,100000,person,invented,assumed\n", ""),
    ("cells.csv", "B1,B,", "A1,B,"),
    ("cells.csv", "100000,40000", '"100,000",40000'),
    ("cells.csv", "C2,C,", "C2,D,"),
    ("places.csv", "600,MW,1998,invented,assumed", "600,MW,1998,census,offical"),
    ("lines.csv", "metro", "sled"),
    ("stops.csv", "m1,3,", "m1,5,"),
    ("links.csv", "l3,B1,B2,secondary,12", "l3,B2,B2,secondary,1.2"),
)


def test_the_listing_of_a_broken_folder(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    write_region(example("tiny"), folder)
    for file, old, new in MISTAKES:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, (file, old)
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    _, problems = read_checked(folder)
    lines = [f"{p.severity}: {p.line(lang)}\n" for lang in ("en", "zh") for p in problems]
    expected = Path(__file__).with_name("check_broken.txt").read_text(encoding="utf-8")
    assert "".join(lines) == expected
