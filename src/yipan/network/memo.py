"""States by content, least recently used first to go, bounded by bytes (option ``network.cache_mb``)."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from yipan import options


class Sized(Protocol):
    """Anything that knows its bytes."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        ...


def bytes_of(value: object) -> int:
    """Return the bytes of every array and text inside a value: one, or a tuple or dataclass of such values.

    Examples
    --------
    >>> bytes_of(np.zeros(3))
    24
    >>> bytes_of(("a" * 1000, np.zeros(3))) > 1024
    True
    """
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, str):
        return sys.getsizeof(value)
    if isinstance(value, tuple):
        return sum(map(bytes_of, value))
    if is_dataclass(value):
        return sum(bytes_of(getattr(value, f.name)) for f in fields(value))
    return 0


V = TypeVar("V", bound=Sized)
Key = tuple[object, ...]


class Memo(Generic[V]):
    """Values by key; the least recently used leave when together they hold more bytes than allowed.

    The value asked for last always stays.

    Parameters
    ----------
    share
        Of the bytes that option ``network.cache_mb`` allows.
    grows
        Whether a value may grow after it was put in: sizes are then taken anew at every call.
    """

    def __init__(self, *, share: float = 1.0, grows: bool = True) -> None:
        self._values: OrderedDict[Key, V] = OrderedDict()
        self._lock = threading.Lock()
        self._share, self._grows = share, grows
        self._held = 0

    def get(self, key: Key) -> V | None:
        """Return the value of a key, or None."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Key, value: V) -> V:
        """Keep a value (the one already there wins) and return what is kept."""
        with self._lock:
            if key not in self._values:
                self._held += 0 if self._grows else value.nbytes
            kept = self._values.setdefault(key, value)
            self._values.move_to_end(key)
            self._trim()
            return kept

    def make(self, key: Key, maker: Callable[[], V]) -> V:
        """Return the value of a key, made if need be."""
        found = self.get(key)
        return found if found is not None else self.put(key, maker())

    def held(self) -> tuple[Key, ...]:
        """Return the keys, least recently used first."""
        with self._lock:
            return tuple(self._values)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._held = 0

    @property
    def nbytes(self) -> int:
        """Bytes held by all values."""
        with self._lock:
            return sum(v.nbytes for v in self._values.values())

    def _trim(self) -> None:
        allowed = self._share * options.get("network.cache_mb") * 1_000_000
        if not self._grows:
            while self._held > allowed and len(self._values) > 1:
                self._held -= self._values.popitem(last=False)[1].nbytes
            return
        held = {k: v.nbytes for k, v in self._values.items()}
        total = sum(held.values())
        for key in list(self._values)[:-1]:
            if total <= allowed:
                return
            total -= held[key]
            del self._values[key]
