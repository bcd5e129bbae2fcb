"""Values of the index recipe: what is done to the data, step by step, and how scores come together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from yipan.text import Text

Array = NDArray[np.float64]
"""Rows (zones, or zones × years) × columns (indicators)."""

ImputeMethod = Literal["mean", "median", "group_mean", "group_median", "linear", "nearest"]
Second = Literal["none", "log_ct", "log_ct_plus", "log_ct_orig", "log_gii", "boxcox"]
NormaliseMethod = Literal[
    "minmax",
    "goalposts",
    "z",
    "rank",
    "percentile",
    "borda",
    "target",
    "reference",
    "maximum",
    "fraction",
]
IMPUTE_METHODS: tuple[ImputeMethod, ...] = get_args(ImputeMethod)
SECONDS: tuple[Second, ...] = get_args(Second)
NORMALISE_METHODS: tuple[NormaliseMethod, ...] = get_args(NormaliseMethod)
ORDERED: frozenset[str] = frozenset({"rank", "percentile", "borda"})
"""Methods that keep only the order of the zones."""
FIXED: frozenset[str] = frozenset({"goalposts"})
"""Methods whose scores do not depend on which zones are in the sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impute:
    """Fill gaps; what one step leaves, the next one may fill.

    Parameters
    ----------
    method
        ``mean`` or ``median`` of the zones measured in the same year; ``group_mean`` or ``group_median``
        of those of the same group and year; ``linear``: straight between the measured years of the zone
        itself, the nearest measured year held before the first and after the last (panels only);
        ``nearest``: mean of the nearest rows in all indicators (scikit-learn's `KNNImputer` on standardised
        values; in a panel other years of the zone are neighbours too).
    by
        Column of the data that holds the groups (for the group methods).
    neighbours
        Rows averaged by ``nearest``.
    """

    method: ImputeMethod
    by: str = ""
    neighbours: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Take out zones of which too little is known.

    Parameters
    ----------
    least
        Least share of the indicators a zone must have, in [0, 1].
    of
        Counted among the data as ``measured`` (such zones then do not enter imputed means either), or
        among the ``imputed`` data (after imputing by means nothing is missing: only gaps that could not be
        filled count).
    """

    least: float
    of: Literal["measured", "imputed"] = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treat:
    """Treat outliers where the distribution fails the rule: |skewness| < `skew` or kurtosis < `kurtosis`.

    Parameters
    ----------
    winsorise
        First treatment: most values pulled to the next less extreme one (0: no winsorising).
    second
        Where that does not pass the rule: a logarithm or Box-Cox of the untreated values.
        ``log_ct`` ln(x − min + 0.01 range); ``log_ct_plus`` the same, mirrored where skewness is negative;
        ``log_ct_orig`` ln(x − min + 1); ``log_gii`` ln((max − 1)(x − min)/range + 1), for max > 1 only;
        ``boxcox`` (y^p − 1)/p with y = x − min + 1; ``none``: the winsorised values stay.
    power
        Power p of Box-Cox; None: by maximum likelihood.
    skew, kurtosis
        The rule; both are bias-corrected (type 2), kurtosis is excess over the normal distribution.
    combine
        Apply `second` to the winsorised values instead of the untreated ones.

    Notes
    -----
    In a panel the values of all years are treated together, so that one transformation holds for all.
    """

    winsorise: int = 5
    second: Second = "log_ct"
    power: float | None = None
    skew: float = 2.0
    kurtosis: float = 3.5
    combine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalise:
    """Bring indicators to one scale on which more is better.

    With s a share (1 best for every direction), the score is ``low + s (high − low)``:
    ``minmax`` s = (x − min)/range; ``goalposts`` (x − a)/(b − a) between the leaf's own goalposts;
    ``percentile`` (rank − 1)/(n − 1); ``target`` (x − min)/(target − min); ``reference`` the same with the
    value of the `reference` zone; ``maximum`` 1 − (max − x)/range; ``fraction`` x/max. For direction −1 min
    and max (and the goalposts) change places, and ``fraction`` is min/x. ``z`` is mean + sd (x − x̄)/s with
    the sample standard deviation; ``rank`` counts from 1 (worst; ties share the lowest rank), ``borda`` from
    0.

    Parameters
    ----------
    low, high
        Ends of the scale. A geometric or harmonic mean needs scores above 0: take 1 and 100.
    mean, sd
        Of z scores.
    clip
        Keep scores of ``goalposts``, ``target`` and ``reference`` inside the scale.
    reference
        Zone id of the reference.
    over
        In a panel: sample statistics over ``all`` years (scores compare over time), or of each ``year``
        (only for methods of order; scores then do not compare over time, and the result says so).
    base
        In a panel: the year whose minimum, maximum, mean and standard deviation hold for all years.
    """

    method: NormaliseMethod = "minmax"
    low: float = 0.0
    high: float = 100.0
    mean: float = 0.0
    sd: float = 1.0
    clip: bool = True
    reference: str = ""
    over: Literal["all", "year"] = "all"
    base: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One indicator in the recipe.

    Parameters
    ----------
    id
        Column of the data.
    weight
        Weight in its node, relative to its siblings, never negative.
    direction
        1: more is better, −1: less is better.
    denominator, per
        Column the values are divided by, and the unit of the result: ``x / denominator * per``.
    low, high
        Goalposts, in the unit after denominating; treated as the values are.
    target
        Target, in the same unit.
    treat, normalise
        What is done to this indicator instead of what the recipe says.
    """

    id: str
    weight: float = 1.0
    direction: int = 1
    denominator: str = ""
    per: float = 1.0
    low: float | None = None
    high: float | None = None
    target: float | None = None
    treat: Treat | None = None
    normalise: Normalise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A group of indicators or of groups, and how their scores come together.

    Parameters
    ----------
    id
        Name of the score; the root is the index.
    parts
        Leaves and nodes, any depth.
    weight
        Weight in its own parent, never negative.
    weights
        How the parts are weighted: ``given`` by their `weight`, or a method that finds the weights in the
        scores of the parts (see `WEIGHTS`).
    aggregate
        How the scores of the parts become one (see `AGGREGATES`).
    power
        Power of the power mean.
    least
        Least share of the parts a zone must have for a score; the weights of those there are rescaled.
    judgements
        Matrix of pairwise judgements for ``ahp``, rows in the order of `parts`.
    shares
        Least and largest share of each part in a zone's own score, for ``doubt``.
    name
        Name in both languages.
    """

    id: str
    parts: tuple[Node | Leaf, ...]
    weight: float = 1.0
    weights: str = "given"
    aggregate: str = "arithmetic"
    power: float | None = None
    least: float = 0.5
    judgements: tuple[tuple[float, ...], ...] = ()
    shares: tuple[float, float] = (0.0, 1.0)
    name: Text = field(default_factory=lambda: Text("", ""))

    def leaves(self) -> Iterator[Leaf]:
        """Yield the indicators below this node, in order."""
        for part in self.parts:
            if isinstance(part, Leaf):
                yield part
            else:
                yield from part.leaves()

    def nodes(self) -> Iterator[Node]:
        """Yield this node and those below it, parts before the whole."""
        for part in self.parts:
            if isinstance(part, Node):
                yield from part.nodes()
        yield self


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A composite index from data to score; immutable, changed by `dataclasses.replace`.

    Parameters
    ----------
    root
        The hierarchy of indicators.
    impute
        Steps that fill gaps, in order; none: gaps stay, and weights of what there is are rescaled.
    screen, treat
        None: the step is left out.
    normalise
        How indicators come to one scale, unless the leaf says otherwise.

    Examples
    --------
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="income"), Leaf(id="noise", direction=-1))))
    >>> [leaf.id for leaf in recipe.root.leaves()]
    ['income', 'noise']
    """

    root: Node
    impute: tuple[Impute, ...] = ()
    screen: Screen | None = None
    treat: Treat | None = None
    normalise: Normalise = field(default_factory=Normalise)
