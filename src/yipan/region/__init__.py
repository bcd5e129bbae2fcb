"""The region: a frozen value, its tables and files."""

from yipan.region.examples import example, example_folder
from yipan.region.schema import SCHEMAS, TABLES, Quality
from yipan.region.table import Table
from yipan.region.value import Assumption, Cluster, Meta, Provenance, Region, Source

__all__ = [
    "SCHEMAS",
    "TABLES",
    "Assumption",
    "Cluster",
    "Meta",
    "Provenance",
    "Quality",
    "Region",
    "Source",
    "Table",
    "example",
    "example_folder",
]
