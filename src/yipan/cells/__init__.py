"""Cells from anything: an H3 grid over zones, and people (or any count) put into it.

`h3_cells` makes the grid. `from_raster`, `from_points` and `from_totals` fill one column of it, from a
population raster, from counted points, or from the zones' totals by a weight; `calibrated` scales what is
there to official totals. Sums are kept, and what could not be placed is told.
"""

from yipan.cells.files import read_points, read_totals, read_zones, write_cells
from yipan.cells.fill import calibrated, from_points, from_totals
from yipan.cells.grid import Rule, count_cells, h3_cells
from yipan.cells.raster import from_raster
from yipan.cells.shapes import hexagons
from yipan.cells.shares import shares
from yipan.cells.values import Placed

__all__ = [
    "Placed",
    "Rule",
    "calibrated",
    "count_cells",
    "from_points",
    "from_raster",
    "from_totals",
    "h3_cells",
    "hexagons",
    "read_points",
    "read_totals",
    "read_zones",
    "shares",
    "write_cells",
]
