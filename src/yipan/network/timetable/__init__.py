"""Timetables: feeds, lines, and the trips of one day."""

from yipan.network.timetable.build import Choices, read_timetable, timetable_of
from yipan.network.timetable.days import busiest_day, nearest_day
from yipan.network.timetable.feed import Feed
from yipan.network.timetable.join import together
from yipan.network.timetable.lines import lines_timetable, with_lines
from yipan.network.timetable.read import read_feed
from yipan.network.timetable.values import FORBIDDEN, Stops, Timetable

__all__ = [
    "FORBIDDEN",
    "Choices",
    "Feed",
    "Stops",
    "Timetable",
    "busiest_day",
    "lines_timetable",
    "nearest_day",
    "read_feed",
    "read_timetable",
    "timetable_of",
    "together",
    "with_lines",
]
