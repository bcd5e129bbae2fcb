"""The ecology pack: indicators, rules, unit costs."""

from pathlib import Path

from yipan.pack import read_pack
from yipan.packs.ecology.indicators import FUNCTIONS
from yipan.packs.ecology.rules import RULES
from yipan.text import Text

PACK = read_pack(Path(__file__).parent, FUNCTIONS, name=Text("生态", "Ecology"), rules=RULES)
