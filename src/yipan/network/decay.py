"""How much an opportunity counts by the minutes it is away: decay functions as values.

Every decay is 1 at 0 minutes, never rises, and is 0 beyond its `reach`: sums over a travel-time matrix look
it up by the whole second and never compute it twice (`yipan.network.access.accessibility`). Functions that
never end are cut where they fall below `LEAST`, less than double precision can tell in a sum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yipan.errors import OptionError, Problem
from yipan.text import Text

Floats = NDArray[np.float64]
LEAST = 1e-15
"""What counts as nothing: the value at which an endless decay is cut."""
LUO_QI_SLOW: tuple[tuple[float, float], ...] = ((10.0, 1.0), (20.0, 0.68), (30.0, 0.22))
"""Minutes and weights of the enhanced two-step method, first set of Luo & Qi (2009)."""
LUO_QI_FAST: tuple[tuple[float, float], ...] = ((10.0, 1.0), (20.0, 0.42), (30.0, 0.09))
"""Minutes and weights of the enhanced two-step method, second set (sharper decay) of Luo & Qi (2009)."""


class Decay(Protocol):
    """Anything that weighs minutes."""

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight is 0."""
        ...

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """All within a limit, nothing beyond: ``f(t) = 1 if t ≤ limit else 0`` (cumulative opportunities).

    Source: M. Wachs & T. G. Kumagai (1973), *Socio-Economic Planning Sciences* 7(5), 437–456.

    Parameters
    ----------
    limit
        Minutes, inclusive.

    Examples
    --------
    >>> Step(30)(np.array([0.0, 30.0, 30.1]))
    array([1., 1., 0.])
    """

    limit: float

    def __post_init__(self) -> None:
        _positive(limit=self.limit)

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight is 0."""
        return self.limit

    @property
    def half(self) -> float:
        """Minutes at which half is left (here: the limit, where all is lost)."""
        return self.limit

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        return np.asarray(minutes <= self.limit, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Steps:
    """A staircase: the weight of the first limit that is not passed, 0 beyond the last.

    Source: W. Luo & Y. Qi (2009), *Health & Place* 15(4), 1100–1107, with `LUO_QI_SLOW` or `LUO_QI_FAST`.

    Parameters
    ----------
    steps
        Pairs of minutes (inclusive, ascending) and weight (not ascending, the first 1).

    Examples
    --------
    >>> Steps(LUO_QI_SLOW)(np.array([5.0, 10.0, 11.0, 30.0, 31.0]))
    array([1.  , 1.  , 0.68, 0.22, 0.  ])
    """

    steps: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        limits, weights = [m for m, _ in self.steps], [w for _, w in self.steps]
        sound = (
            bool(limits)
            and limits[0] > 0
            and weights[0] == 1.0
            and weights[-1] >= 0
            and all(a < b for a, b in pairwise(limits))
            and all(a >= b for a, b in pairwise(weights))
        )
        if not sound:
            raise _wrong(
                "steps",
                self.steps,
                Text(
                    "分钟须递增,权重须不增且由 1 开始",
                    "give ascending minutes and weights that begin at 1 and never rise",
                ),
            )

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight is 0."""
        return self.steps[-1][0]

    @property
    def half(self) -> float:
        """Minutes up to which at least half is left."""
        return max(m for m, w in self.steps if w >= 0.5)

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        weights = np.array([w for _, w in self.steps] + [0.0])
        return np.asarray(weights[np.searchsorted([m for m, _ in self.steps], minutes, side="left")])


@dataclass(frozen=True, slots=True)
class Linear:
    """A straight fall: 1 until `full`, 0 from `none`, ``(none − t) / (none − full)`` between.

    Conveyal R5's ``linear`` decay of a cutoff and a width is ``Linear(cutoff − width/2, cutoff + width/2)``.

    Parameters
    ----------
    full, none
        Minutes, ``0 ≤ full < none``.

    Examples
    --------
    >>> Linear(0, 40)(np.array([0.0, 10.0, 40.0, 50.0]))
    array([1.  , 0.75, 0.  , 0.  ])
    """

    full: float
    none: float

    def __post_init__(self) -> None:
        if not 0 <= self.full < self.none < math.inf:
            remedy = Text("须 0 ≤ full < none", "give 0 ≤ full < none")
            raise _wrong("full, none", (self.full, self.none), remedy)

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight is 0."""
        return self.none

    @property
    def half(self) -> float:
        """Minutes at which half is left."""
        return (self.full + self.none) / 2

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        return np.asarray(np.clip((self.none - minutes) / (self.none - self.full), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Exponential:
    """A fixed part lost every minute: ``f(t) = exp(−β t)``.

    Source: W. G. Hansen (1959), *J. American Institute of Planners* 25(2), 73–76, in the exponential form of
    A. G. Wilson (1971), *Environment and Planning* 3(1), 1–32.

    Parameters
    ----------
    beta
        β per minute; half is left after ln 2 / β minutes.

    Examples
    --------
    >>> Exponential.of_half(30)(np.array([0.0, 30.0, 60.0])).round(12)
    array([1.  , 0.5 , 0.25])
    """

    beta: float

    def __post_init__(self) -> None:
        if not 0 <= self.beta < math.inf:
            raise _wrong("beta", self.beta, Text("填写不小于 0 的数", "give a number not below 0"))

    @classmethod
    def of_half(cls, minutes: float) -> Exponential:
        """Return the decay that halves every `minutes`."""
        _positive(minutes=minutes)
        return cls(math.log(2) / minutes)

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight counts as 0 (endless when β is 0)."""
        return -math.log(LEAST) / self.beta if self.beta else math.inf

    @property
    def half(self) -> float:
        """Minutes at which half is left (endless when β is 0)."""
        return math.log(2) / self.beta if self.beta else math.inf

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        return np.asarray(np.exp(-self.beta * minutes))


@dataclass(frozen=True, slots=True)
class Logistic:
    r"""An S-curve: the share of people who would make a trip of t minutes.

    .. math:: f(t) = \frac{1 + e^{-m\,k}}{1 + e^{(t - m)\,k}},\qquad k = \frac{\pi}{s\sqrt 3}

    with :math:`m` the median and :math:`s` the standard deviation of the times people accept.

    Source: J. Bauer & D. A. Groneberg (2016), *PLOS ONE* 11(7), e0159148, equation 9; the same
    function as Conveyal R5's ``logistic`` (its cutoff is `median`, its standard deviation `spread`).

    Parameters
    ----------
    median, spread
        Minutes.

    Examples
    --------
    >>> Logistic(30, 10)(np.array([0.0, 30.0, 60.0])).round(4)
    array([1.    , 0.5022, 0.0043])
    """

    median: float
    spread: float

    def __post_init__(self) -> None:
        _positive(median=self.median, spread=self.spread)

    @property
    def _slope(self) -> float:
        return math.pi / (self.spread * math.sqrt(3))

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight counts as 0."""
        return (
            self.median + (math.log1p(math.exp(-self.median * self._slope)) - math.log(LEAST)) / self._slope
        )

    @property
    def half(self) -> float:
        """Minutes at which half is left (a little above the median, because f(0) is 1)."""
        return self.median + math.log1p(2 * math.exp(-self.median * self._slope)) / self._slope

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        k = self._slope
        # logaddexp: no overflow however long the time
        return np.asarray(
            np.exp(math.log1p(math.exp(-self.median * k)) - np.logaddexp(0.0, (minutes - self.median) * k))
        )


@dataclass(frozen=True, slots=True)
class Gaussian:
    r"""A bell: :math:`f(t) = e^{-t^2 / 2\sigma^2}`.

    Source: D. R. Ingram (1971), *Regional Studies* 5(2), 101–107.

    Parameters
    ----------
    sigma
        Minutes; half is left after ``σ √(2 ln 2)`` ≈ 1.18 σ.

    Examples
    --------
    >>> Gaussian(20)(np.array([0.0, 20.0])).round(4)
    array([1.    , 0.6065])
    """

    sigma: float

    def __post_init__(self) -> None:
        _positive(sigma=self.sigma)

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight counts as 0."""
        return self.sigma * math.sqrt(-2 * math.log(LEAST))

    @property
    def half(self) -> float:
        """Minutes at which half is left."""
        return self.sigma * math.sqrt(2 * math.log(2))

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        return np.asarray(np.exp(-0.5 * (minutes / self.sigma) ** 2))


@dataclass(frozen=True, slots=True)
class CatchmentGaussian:
    r"""A bell that ends at a limit, as floating catchments use it.

    .. math:: f(t) = \frac{e^{-\frac12 (t/L)^2} - e^{-\frac12}}{1 - e^{-\frac12}},\qquad t \le L

    Source: D. Dai (2010), *Health & Place* 16(5), 1038–1052.

    Parameters
    ----------
    limit
        :math:`L`, minutes.

    Examples
    --------
    >>> CatchmentGaussian(30)(np.array([0.0, 15.0, 30.0, 31.0])).round(4)
    array([1.    , 0.7014, 0.    , 0.    ])
    """

    limit: float

    def __post_init__(self) -> None:
        _positive(limit=self.limit)

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight is 0."""
        return self.limit

    @property
    def half(self) -> float:
        """Minutes at which half is left."""
        return self.limit * math.sqrt(-2 * math.log((1 + math.exp(-0.5)) / 2))

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        end = math.exp(-0.5)
        return np.asarray(np.maximum((np.exp(-0.5 * (minutes / self.limit) ** 2) - end) / (1 - end), 0.0))


@dataclass(frozen=True, slots=True)
class Power:
    """A power of time: 1 until `scale`, then ``(scale / t) ** exponent``, 0 beyond `limit`.

    Source: W. G. Hansen (1959), *J. American Institute of Planners* 25(2), 73–76; `scale` keeps it finite
    near 0, `limit` ends what has no end of its own.

    Parameters
    ----------
    exponent
        At least 0.
    scale, limit
        Minutes.

    Examples
    --------
    >>> Power(2, scale=5)(np.array([0.0, 5.0, 10.0, 50.0]))
    array([1.  , 1.  , 0.25, 0.01])
    """

    exponent: float
    scale: float = 1.0
    limit: float = 24 * 60.0

    def __post_init__(self) -> None:
        _positive(exponent=self.exponent, scale=self.scale, limit=self.limit)

    @property
    def reach(self) -> float:
        """Minutes beyond which the weight is 0."""
        return self.limit

    @property
    def half(self) -> float:
        """Minutes at which half is left."""
        return min(self.scale * float(2 ** (1 / self.exponent)), self.limit)

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes` (same shape)."""
        value = (self.scale / np.maximum(minutes, self.scale)) ** self.exponent
        return np.asarray(np.where(minutes <= self.limit, value, 0.0))


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise _wrong(name, value, Text("填写大于 0 的有限数", "give a finite number above 0"))


def _wrong(name: str, value: object, remedy: Text) -> OptionError:
    what = Text(f"{name} 不能取 {value!r}", f"{name} cannot be {value!r}")
    return OptionError(
        Text("衰减函数的参数无效", "the decay cannot have these parameters"),
        problems=[Problem(what=what, remedy=remedy, column=name)],
    )
