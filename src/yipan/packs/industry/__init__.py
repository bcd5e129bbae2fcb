"""The industry pack: indicators, rules, unit costs."""

from pathlib import Path

from yipan.pack import read_pack
from yipan.packs.industry.indicators import FUNCTIONS
from yipan.packs.industry.rules import RULES
from yipan.text import Text

PACK = read_pack(Path(__file__).parent, FUNCTIONS, name=Text("产业", "Industry"), rules=RULES)
