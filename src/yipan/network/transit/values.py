"""What is asked of a timetable: departures, percentiles, rides, slacks and the longest trip."""

from __future__ import annotations

from dataclasses import dataclass

from yipan.errors import OptionError, Problem
from yipan.text import Text

MOST_RIDES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Departures from `start` until before `end`, one every `step` seconds, and the rules of a trip.

    Who leaves at t starts walking at t: one access walk, then rides, between two rides at most one walk
    (footpaths are not chained), then one egress walk; or walking all the way. How far people walk
    belongs to the legs and footpaths the search is given.

    Parameters
    ----------
    start, end, step
        Seconds after midnight of the timetable's day. One departure is ``Query.at(t)``.
    percentiles
        Whole percentiles of the departures, each pair on its own. The p-th of n departures is the smallest
        time that at least p % of them do not exceed (nearest rank: the ``max(1, ⌈p·n/100⌉)``-th
        smallest, no interpolation); a departure without a way counts as infinitely long.
    max_rides
        Most vehicles boarded, 1 to 32.
    transfer_slack
        Seconds a change of vehicle takes besides walking, also at one stop. Times that a feed prescribes
        for a transfer stand as they are: they include a buffer by definition.
    board_slack
        Seconds before departure at which one must be at the first stop.
    limit
        Longest trip, seconds door to door; a longer one counts as no way. Walking directly is under
        it, too.

    Raises
    ------
    OptionError
        When a setting is not possible (every one that is not is named).

    Examples
    --------
    >>> Query(start=28_800, end=32_400, step=300).departures
    range(28800, 32400, 300)
    >>> len(Query.at(50_400).departures)
    1
    """

    start: int
    end: int
    step: int = 60
    percentiles: tuple[int, ...] = (50,)
    max_rides: int = 8
    transfer_slack: int = 60
    board_slack: int = 0
    limit: int = 7200

    def __post_init__(self) -> None:
        checks = (
            (self.end > self.start, "end", "晚于 start", "after start"),
            (self.step >= 1, "step", "至少 1 秒", "at least 1 second"),
            (
                len(self.percentiles) > 0 and all(0 <= p <= 100 for p in self.percentiles),
                "percentiles",
                "至少一个 0 到 100 的整数",
                "one or more whole numbers from 0 to 100",
            ),
            (1 <= self.max_rides <= MOST_RIDES, "max_rides", f"1 到 {MOST_RIDES}", f"1 to {MOST_RIDES}"),
            (self.transfer_slack >= 0, "transfer_slack", "不小于 0", "0 or more"),
            (self.board_slack >= 0, "board_slack", "不小于 0", "0 or more"),
            (0 < self.limit <= 86_400, "limit", "1 到 86400 秒", "1 to 86400 seconds"),
        )
        wrong = [
            Problem(
                what=Text(
                    f"{name} = {getattr(self, name)} 不可用",
                    f"{name} = {getattr(self, name)} is not possible",
                ),
                remedy=Text(f"取{zh}", f"make it {en}"),
                column=name,
            )
            for fine, name, zh, en in checks
            if not fine
        ]
        if wrong:
            raise OptionError(
                Text("出行查询的设置不可用", "settings of the query are not possible"), problems=wrong
            )

    @staticmethod
    def at(departure: int) -> Query:
        """Return the query of one departure, everything else by default."""
        return Query(start=departure, end=departure + 1, step=1)

    @property
    def departures(self) -> range:
        """Every departure, seconds after midnight."""
        return range(self.start, self.end, self.step)
