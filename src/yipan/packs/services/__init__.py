"""The services pack: indicators, rules, unit costs."""

from pathlib import Path

from yipan.pack import read_pack
from yipan.packs.services.indicators import FUNCTIONS
from yipan.packs.services.rules import RULES
from yipan.text import Text

PACK = read_pack(Path(__file__).parent, FUNCTIONS, name=Text("公共服务", "Public services"), rules=RULES)
