"""Shortest paths over streets: hierarchy, sweeps, bounded searches, sums within a distance."""
