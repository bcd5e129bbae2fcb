"""Outlook: targets against the pace of years, early warning by trend, and the standards indicators follow."""

from yipan.measure.outlook.export import write_csv
from yipan.measure.outlook.pace import LIGHTS, STATUSES, Pace, Point, pace
from yipan.measure.outlook.panel import panel
from yipan.measure.outlook.standards import MATCHES, standards_table
from yipan.measure.outlook.table import outlook
from yipan.measure.outlook.trend import WARNINGS, Trend, trend
from yipan.measure.outlook.years import years_of

__all__ = [
    "LIGHTS",
    "MATCHES",
    "STATUSES",
    "WARNINGS",
    "Pace",
    "Point",
    "Trend",
    "outlook",
    "pace",
    "panel",
    "standards_table",
    "trend",
    "write_csv",
    "years_of",
]
