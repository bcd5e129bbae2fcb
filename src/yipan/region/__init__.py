"""The region: a frozen value, its tables and files."""

from yipan.region.examples import example, example_folder
from yipan.region.quality import quality_shares
from yipan.region.read import Reading, read_checked, read_region
from yipan.region.scaffold import scaffold
from yipan.region.schema import SCHEMAS, TABLES, Quality
from yipan.region.table import Table
from yipan.region.value import Assumption, Cluster, Meta, Provenance, Region, Source
from yipan.region.write import write_region

__all__ = [
    "SCHEMAS",
    "TABLES",
    "Assumption",
    "Cluster",
    "Meta",
    "Provenance",
    "Quality",
    "Reading",
    "Region",
    "Source",
    "Table",
    "example",
    "example_folder",
    "quality_shares",
    "read_checked",
    "read_region",
    "scaffold",
    "write_region",
]
