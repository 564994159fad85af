"""Datasets in memory: bounded in bytes, the least recently used dropped first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that knows how many bytes it holds."""

    @property
    def nbytes(self) -> int:
        """The bytes it holds."""
        ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class ByteBoundedCache(Generic[K, V]):
    """A thread-safe cache that holds at most `capacity` bytes.

    A value larger than the whole capacity is not kept.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._used = 0
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return the value kept under `key`, None if there is none."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        """Keep `value`, and drop the least recently used that no longer fit."""
        with self._lock:
            self._forget(key)
            if value.nbytes > self._capacity:
                return
            self._values[key] = value
            self._used += value.nbytes
            while self._used > self._capacity:
                self._forget(next(iter(self._values)))

    def forget(self, key: K) -> None:
        """Drop what is kept under `key`, if anything is."""
        with self._lock:
            self._forget(key)

    @property
    def nbytes(self) -> int:
        """The bytes held now."""
        return self._used

    def _forget(self, key: K) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self._used -= value.nbytes
