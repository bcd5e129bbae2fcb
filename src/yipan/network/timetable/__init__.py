"""Timetables: feeds, lines, and the trips of one day."""
