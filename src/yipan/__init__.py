"""Yipan (一盘): plan a metropolitan region as one board."""

__version__ = "0.1.0"
