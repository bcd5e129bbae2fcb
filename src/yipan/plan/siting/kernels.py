"""Compiled parts of siting: swaps (FasterPAM) and the Lagrangian bound of the p-median.

Costs are float64 and already weighted; a pair that cannot be used is infinite. States of sites: 1 open,
0 free, −1 closed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel

Costs = NDArray[np.float64]
Indices = NDArray[np.int32]
States = NDArray[np.int8]


@kernel
def _nearest_two(by_site: Costs, opened: Indices, near: Indices, first: Costs, second: Costs) -> float:
    """Fill, for each point, the position in `opened` of its nearest site and its two lowest costs."""
    n = by_site.shape[1]
    for i in range(n):
        near[i] = 0
        first[i] = np.inf
        second[i] = np.inf
    for k in range(len(opened)):
        row = by_site[opened[k]]
        for i in range(n):
            d = row[i]
            if d < first[i]:
                second[i] = first[i]
                first[i] = d
                near[i] = k
            elif d < second[i]:
                second[i] = d
    total = 0.0
    for i in range(n):
        total += first[i]
    return total


@kernel
def _losses(near: Indices, first: Costs, second: Costs, loss: Costs) -> None:
    """Fill, for each open site, what its points pay more without it."""
    loss[:] = 0.0
    for i in range(len(near)):
        loss[near[i]] += second[i] - first[i]


@kernel
def _coming(row: Costs, near: Indices, first: Costs, second: Costs, change: Costs) -> float:
    """Return what a site that comes in gains; take off `change` what it saves of each removal's loss."""
    gain = 0.0
    for i in range(len(row)):
        d = row[i]
        if d < first[i]:
            gain += d - first[i]
            change[near[i]] += first[i] - second[i]
        elif d < second[i]:
            change[near[i]] += d - second[i]
    return gain


@kernel
def swap(by_site: Costs, opened: Indices, state: States, kept: int, worth: float) -> float:
    """Swap open sites for free ones, in place, as soon as a swap gains, until a full round finds none.

    FasterPAM of Schubert & Rousseeuw (2021), *Information Systems* 101, 101804, for costs between any two
    sets: the change by every removal is kept, so a candidate is tried against all open sites in one pass.

    Parameters
    ----------
    by_site
        Finite costs, shape (sites, points).
    opened
        Open sites; the first `kept` are never removed. Changed in place; a single site is left as it is.
    state
        Only sites of state 0 come in.
    worth
        A swap must gain more than this.
    """
    m, n = by_site.shape
    p = len(opened)
    near = np.empty(n, np.int32)
    first, second = np.empty(n), np.empty(n)
    total = _nearest_two(by_site, opened, near, first, second)
    if p in (kept, 1):
        return total
    may = state == 0
    may[opened] = False
    loss = np.empty(p)
    _losses(near, first, second, loss)
    since = c = 0
    while since < m:
        since += 1
        if may[c]:
            change = loss.copy()
            gain = _coming(by_site[c], near, first, second, change)
            k = kept + np.argmin(change[kept:])
            if gain + change[k] < -worth:
                may[opened[k]] = True
                may[c] = False
                opened[k] = c
                total = _nearest_two(by_site, opened, near, first, second)
                _losses(near, first, second, loss)
                since = 0
        c = (c + 1) % m
    return total


@kernel
def shorten(  # noqa: PLR0917
    sites: Indices, costs: Costs, lengths: Indices, state: States, to_sites: Indices, to_costs: Costs
) -> NDArray[np.int32]:
    """Copy each point's list of sites without the closed ones, and no further than its nearest open one.

    What lies beyond an open site serves nobody. Returns the new lengths.
    """
    n = len(lengths)
    out = np.empty(n, np.int32)
    for i in range(n):
        k = 0
        for a in range(lengths[i]):
            j = sites[i, a]
            if state[j] < 0:
                continue
            to_sites[i, k] = j
            to_costs[i, k] = costs[i, a]
            k += 1
            if state[j] > 0:
                break
        out[i] = k
    return out


@kernel
def _rate(sites: Indices, costs: Costs, lengths: Indices, prices: Costs, rho: Costs) -> float:
    """Fill ρ_j = Σ_i min(0, c_ij − λ_i); return Σ λ_i."""
    rho[:] = 0.0
    total = 0.0
    for i in range(len(lengths)):
        price = prices[i]
        total += price
        for a in range(lengths[i]):
            d = costs[i, a]
            if d >= price:
                break
            rho[sites[i, a]] += d - price
    return total


@kernel
def _least(rho: Costs, state: States, q: int, inside: States) -> tuple[float, float, float]:
    """Take the `q` free sites of least ρ beside the open ones; return their Σρ, the last taken and the next.

    Ties go to the lower index. Nothing taken: the last is −∞; nothing left: the next is ∞.
    """
    free_rho = rho[state == 0]
    kth = -np.inf
    after = np.inf
    if q > 0:
        ordered = np.partition(free_rho, q - 1)
        kth = ordered[q - 1]
        for a in range(q, len(ordered)):
            after = min(after, ordered[a])
    total = 0.0
    left = q
    for j in range(len(state)):
        inside[j] = 1 if state[j] > 0 or (state[j] == 0 and rho[j] < kth) else 0
        if inside[j] > 0:
            total += rho[j]
            left -= 1 - state[j]
    for j in range(len(state)):
        if left > 0 and state[j] == 0 and inside[j] == 0 and rho[j] == kth:
            inside[j] = 1
            total += rho[j]
            left -= 1
    return total, kth, after


@kernel
def _serve(  # noqa: PLR0917
    sites: Indices, costs: Costs, lengths: Indices, prices: Costs, inside: States, missing: Costs
) -> float:
    """Return what serving all from these sites costs; fill 1 − how often each is served at the prices."""
    total = 0.0
    for i in range(len(lengths)):
        served = 0
        nearest = np.inf
        for a in range(lengths[i]):
            d = costs[i, a]
            if d >= prices[i] and nearest < np.inf:
                break
            if inside[sites[i, a]] > 0:
                nearest = min(nearest, d)
                if d < prices[i]:
                    served += 1
        total += nearest
        missing[i] = 1.0 - served
    return total


@kernel
def _settle(  # noqa: PLR0917
    rho: Costs, state: States, inside: States, q: int, value: float, kth: float, after: float, cut: float
) -> None:
    """Close free sites that would lift the bound to `cut` if they came in; open those that must stay."""
    for j in range(len(state)):
        if state[j] == 0:
            if inside[j] == 0:
                if q == 0 or value + rho[j] - kth >= cut:
                    state[j] = -1
            elif value + after - rho[j] >= cut:
                state[j] = 1


@kernel
def bound(  # noqa: PLR0917
    sites: Indices,
    costs: Costs,
    lengths: Indices,
    state: States,
    p: int,
    prices: Costs,
    cut: float,
    aim: float,
    steps: int,
    patience: int,
    scale: float,
    best: States,
    share: Costs,
) -> tuple[float, float, int]:
    """Raise the Lagrangian bound of the p-median, closing and opening sites that no better plan can have.

    With a price λ_i for serving point i once and ρ_j = Σ_i min(0, c_ij − λ_i),
    L(λ) = Σλ_i + Σ_open ρ_j + the least p − |open| of the free ρ_j
    (Cornuéjols, Fisher & Nemhauser 1977, *Management Science* 23: 789–810). Steps follow the deflected
    subgradient (Camerini, Fratta & Maffioli 1975) with Polyak's length.

    Parameters
    ----------
    sites, costs, lengths
        Of each point, its sites from the cheapest, as `shorten` gives them.
    state
        Of each site; changed in place.
    prices
        λ; changed in place to those of the best bound.
    cut
        A set of plans whose bound reaches it holds nothing better.
    aim
        Value the steps aim at.
    steps, patience, scale
        Most steps; steps without progress before they are halved; first step (Polyak's factor).
    best, share
        Set to the best plan met (1 open), and to how often, lately, each site was among the least.

    Returns
    -------
    tuple
        The bound (∞ when no plan is left), the cost of `best` (∞ when none), the steps made.
    """
    n, m = len(lengths), len(state)
    low, high = -np.inf, np.inf
    rho, missing, slope = np.empty(m), np.empty(n), np.zeros(n)
    inside = np.zeros(m, np.int8)
    now = prices.copy()
    share[:] = 0.0
    if lengths.min() == 0:
        return np.inf, high, 0
    stall = 0
    for step in range(steps):
        q = p - int(np.sum(state > 0))
        if q < 0 or np.sum(state == 0) < q:
            return np.inf, high, step
        value = _rate(sites, costs, lengths, now, rho)
        taken, kth, after = _least(rho, state, q, inside)
        value += taken
        total = _serve(sites, costs, lengths, now, inside, missing)
        if total < high:
            high = total
            best[:] = inside
        share[:] = 0.9 * share + 0.1 * inside
        stall += 1
        if value > low:
            if low == -np.inf or value > low + 1e-4 * (aim - low):
                stall = 0
            low = value
            prices[:] = now
        if low >= cut:
            return low, high, step + 1
        _settle(rho, state, inside, q, value, kth, after, cut)
        if stall > patience:
            scale *= 0.5
            stall = 0
            now[:] = prices
            slope[:] = 0.0
            if scale < 1e-3:
                return low, high, step + 1
            continue
        slope = missing if step == 0 else 0.7 * slope + 0.3 * missing
        square = np.sum(slope * slope)
        if square < 1e-12:
            return low, high, step + 1
        now += scale * (max(aim, low) - value) / square * slope
        for i in range(n):  # no price beyond its last cost, nor below 0, is ever needed
            now[i] = max(0.0, min(now[i], costs[i, lengths[i] - 1]))
    return low, high, steps
