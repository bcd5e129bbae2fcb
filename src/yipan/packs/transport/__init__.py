"""The transport pack: indicators, rules, unit costs."""

from pathlib import Path

from yipan.pack import read_pack
from yipan.packs.transport.indicators import FUNCTIONS
from yipan.packs.transport.rules import RULES
from yipan.text import Text

PACK = read_pack(Path(__file__).parent, FUNCTIONS, name=Text("交通", "Transport"), rules=RULES)
