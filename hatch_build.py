"""Build hook: cut the Chinese fonts the reports need out of Noto Sans CJK SC.

A machine on an intranet may have no Chinese font at all, and a report must look the same everywhere,
so the wheel carries its own: GB 2312 subsets (6,763 hanzi, symbols, Latin, Greek) of the regular and the
bold weight, about 2 to 4 MB each. The full fonts come from the package `mpl-font`, which only the
build environment needs. Nothing is done when the subsets are already there.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
FONTS = HERE / "src" / "yipan" / "show" / "fonts"
WEIGHTS = ("Regular", "Bold")
COPYRIGHT, LICENCE, LICENCE_URL = 0, 13, 14  # name ids of the OpenType `name` table
EXTRA = "•†‡−–—…·×÷±≤≥≈≠→←↑↓▲▼△▽■□●○◆◇★☆✓✗²³¹₂‰€¥£«»“”‘’′″‹›‑ \u00a0\u2009\u202f"


def wanted() -> set[int]:
    """Return the characters the subsets keep: Latin, Greek, punctuation, symbols, all of GB 2312."""
    out = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x391, 0x3CA)) | set(map(ord, EXTRA))
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                out.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return out


def source_folder() -> Path:
    """Return the folder of the full fonts, without importing the package (it would import matplotlib)."""
    spec = importlib.util.find_spec("mpl_font")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "the package mpl-font is missing: build with isolation (python -m build, pip install .), "
            "or install it first (pip install mpl-font)"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "fonts" / "noto"


def cut(source: Path, target: Path) -> None:
    """Write the subset of one font, whole or not at all."""
    options = subset.Options()
    options.layout_features = ["kern", "ccmp"]
    options.name_IDs = ["*"]
    options.hinting = False
    options.desubroutinize = True  # makes the cut at report time three times as fast
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(wanted()))
    part = target.with_suffix(".part")
    with TTFont(source, lazy=True) as font:
        cutter.subset(font)
        font.save(part)
    part.replace(target)


def licence(source: Path) -> str:
    """Return the copyright and licence notices as the font itself states them."""
    with TTFont(source, lazy=True) as font:
        stated = [str(font["name"].getDebugName(i) or "") for i in (COPYRIGHT, LICENCE, LICENCE_URL)]
    head = "Noto Sans CJK SC, subset to GB 2312 for Yipan (hinting and vertical metrics removed)."
    return "\n\n".join([head, *filter(None, stated), OFL]) + "\n"


def make_fonts() -> None:
    """Make every subset that is not there yet, and the licence text beside them."""
    targets = {w: FONTS / f"NotoSansCJKsc-{w}.otf" for w in WEIGHTS}
    notice = FONTS / "LICENSE.txt"
    if notice.is_file() and all(t.is_file() for t in targets.values()):
        return
    folder = source_folder()
    FONTS.mkdir(parents=True, exist_ok=True)
    for weight, target in targets.items():
        if not target.is_file():
            cut(folder / f"NotoSansCJKsc-{weight}.otf", target)
    notice.write_text(licence(folder / "NotoSansCJKsc-Regular.otf"), encoding="utf-8")


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel or an editable install is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the fonts; let the example region ride in the wheel (a checkout has it beside the sources)."""
        make_fonts()
        if version != "editable":
            build_data["force_include"][str(HERE / "examples" / "chongqing" / "region")] = (
                "yipan/examples/chongqing"
            )


OFL = """\
SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007

PREAMBLE
The goals of the Open Font License (OFL) are to stimulate worldwide development of collaborative font
projects, to support the font creation efforts of academic and linguistic communities, and to provide a
free and open framework in which fonts may be shared and improved in partnership with others.

The OFL allows the licensed fonts to be used, studied, modified and redistributed freely as long as they
are not sold by themselves. The fonts, including any derivative works, can be bundled, embedded,
redistributed and/or sold with any software provided that any reserved names are not used by derivative
works. The fonts and derivatives, however, cannot be released under any other type of license. The
requirement for fonts to remain under this license does not apply to any document created using the fonts
or their derivatives.

DEFINITIONS
"Font Software" refers to the set of files released by the Copyright Holder(s) under this license and
clearly marked as such. This may include source files, build scripts and documentation.

"Reserved Font Name" refers to any names specified as such after the copyright statement(s).

"Original Version" refers to the collection of Font Software components as distributed by the Copyright
Holder(s).

"Modified Version" refers to any derivative made by adding to, deleting, or substituting -- in part or in
whole -- any of the components of the Original Version, by changing formats or by porting the Font
Software to a new environment.

"Author" refers to any designer, engineer, programmer, technical writer or other person who contributed to
the Font Software.

PERMISSION & CONDITIONS
Permission is hereby granted, free of charge, to any person obtaining a copy of the Font Software, to use,
study, copy, merge, embed, modify, redistribute, and sell modified and unmodified copies of the Font
Software, subject to the following conditions:

1) Neither the Font Software nor any of its individual components, in Original or Modified Versions, may
be sold by itself.

2) Original or Modified Versions of the Font Software may be bundled, redistributed and/or sold with any
software, provided that each copy contains the above copyright notice and this license. These can be
included either as stand-alone text files, human-readable headers or in the appropriate machine-readable
metadata fields within text or binary files as long as those fields can be easily viewed by the user.

3) No Modified Version of the Font Software may use the Reserved Font Name(s) unless explicit written
permission is granted by the corresponding Copyright Holder. This restriction only applies to the primary
font name as presented to the users.

4) The name(s) of the Copyright Holder(s) or the Author(s) of the Font Software shall not be used to
promote, endorse or advertise any Modified Version, except to acknowledge the contribution(s) of the
Copyright Holder(s) and the Author(s) or with their explicit written permission.

5) The Font Software, modified or unmodified, in part or in whole, must be distributed entirely under this
license, and must not be distributed under any other license. The requirement for fonts to remain under
this license does not apply to any document created using the Font Software.

TERMINATION
This license becomes null and void if any of the above conditions are not met.

DISCLAIMER
THE FONT SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO ANY WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF
COPYRIGHT, PATENT, TRADEMARK, OR OTHER RIGHT. IN NO EVENT SHALL THE COPYRIGHT HOLDER BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, INCLUDING ANY GENERAL, SPECIAL, INDIRECT, INCIDENTAL, OR CONSEQUENTIAL
DAMAGES, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF THE USE OR INABILITY TO
USE THE FONT SOFTWARE OR FROM OTHER DEALINGS IN THE FONT SOFTWARE.
"""
