"""Times that are there already as a source of rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class DenseRows:
    """An array of times as `yipan.network.matrix.values.Rows`.

    Parameters
    ----------
    seconds
        int32, shape (origins, destinations) or (origins, destinations, percentiles);
        `yipan.network.values.UNREACHED` where there is no way.
    origins, destinations
        Ids; left out: their positions.
    percentiles
        One a plane.

    Examples
    --------
    >>> rows = DenseRows(np.array([[0, 5], [7, 0]], dtype=np.int32), origins=["a", "b"])
    >>> rows.origins, rows.destinations, rows.rows(1, 2).tolist()
    (('a', 'b'), ('0', '1'), [[[7], [0]]])
    """

    def __init__(
        self,
        seconds: NDArray[np.int32],
        *,
        origins: Sequence[str] | None = None,
        destinations: Sequence[str] | None = None,
        percentiles: Sequence[int] = (50,),
    ) -> None:
        times = np.ascontiguousarray(seconds, dtype=np.int32)
        self._times = times[:, :, None] if times.ndim == 2 else times
        n, m, _ = self._times.shape
        self.origins = tuple(map(str, range(n))) if origins is None else tuple(origins)
        self.destinations = tuple(map(str, range(m))) if destinations is None else tuple(destinations)
        self.percentiles = tuple(percentiles)
        if (len(self.origins), len(self.destinations), len(self.percentiles)) != self._times.shape:
            raise ValueError("one id a row and a column, one percentile a plane")

    @property
    def digest(self) -> str:
        """Content id: equal exactly when times, ids and percentiles are equal."""
        h = hashlib.sha256(repr((self.origins, self.destinations, self.percentiles)).encode())
        h.update(self._times.tobytes())
        return h.hexdigest()[:16]

    def rows(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return the times from origins `start` to `stop` − 1."""
        return self._times[start:stop]
