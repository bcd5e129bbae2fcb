"""What a matrix is made from: anything that can compute rows of travel times."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Rows(Protocol):
    """A source of travel times, made of arrays only, so that it can be sent to the workers of a cluster.

    ``rows(start, stop)`` returns int32 **seconds**, shape (stop − start, destinations, percentiles), with
    `yipan.network.values.UNREACHED` where there is no way. It may use threads.
    """

    @property
    def digest(self) -> str:
        """Content id of everything the times depend on."""
        ...

    @property
    def origins(self) -> tuple[str, ...]:
        """Ids of the origins, in the order of rows."""
        ...

    @property
    def destinations(self) -> tuple[str, ...]:
        """Ids of the destinations, in the order of columns."""
        ...

    @property
    def percentiles(self) -> tuple[int, ...]:
        """Percentiles of the departures (one, e.g. 50, where times do not depend on the departure)."""
        ...

    def rows(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return the times from origins `start` to `stop` − 1."""
        ...
