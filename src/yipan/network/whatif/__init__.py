"""Exact what-ifs on a board of travel times, in milliseconds.

>>> import numpy as np
>>> board = board_of(np.array([[0, 9, 9], [9, 0, 2], [9, 2, 0]], dtype=np.uint16), unit=4.0, slack=0)
>>> stops = hubs_at(board, [0, 1])
>>> new = change(stops, [line([0, 1], [3], wait=1)])
>>> overlaid(board, lowered(board, new)).times.tolist()
[[0, 4, 6], [4, 0, 2], [6, 2, 0]]
"""

from yipan.network.whatif.answer import access, closed, gain_access, lowered, users
from yipan.network.whatif.boards import board_of, by_decay, hubs_at, overlaid, within_limits
from yipan.network.whatif.values import Board, Change, Delta, Gained, Hubs, Link, Measures
from yipan.network.whatif.ways import change, line, rides

__all__ = [
    "Board",
    "Change",
    "Delta",
    "Gained",
    "Hubs",
    "Link",
    "Measures",
    "access",
    "board_of",
    "by_decay",
    "change",
    "closed",
    "gain_access",
    "hubs_at",
    "line",
    "lowered",
    "overlaid",
    "rides",
    "users",
    "within_limits",
]
