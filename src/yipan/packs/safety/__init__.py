"""The safety pack: indicators, rules, unit costs."""

from pathlib import Path

from yipan.pack import read_pack
from yipan.packs.safety.indicators import FUNCTIONS
from yipan.packs.safety.rules import RULES
from yipan.text import Text

PACK = read_pack(Path(__file__).parent, FUNCTIONS, name=Text("安全", "Safety"), rules=RULES)
