"""Values in memory: bounded in bytes, the least recently used dropped first."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar

from cachetools import LRUCache


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
        self._values: LRUCache[K, V] = LRUCache(
            capacity, getsizeof=lambda value: value.nbytes
        )
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return the value kept under `key`, None if there is none."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep `value`, and drop the least recently used that no longer fit."""
        with self._lock:
            self._values.pop(key, None)
            if value.nbytes <= self._values.maxsize:
                self._values[key] = value

    def forget(self, key: K) -> None:
        """Drop what is kept under `key`, if anything is."""
        with self._lock:
            self._values.pop(key, None)

    @property
    def nbytes(self) -> int:
        """The bytes held now."""
        return int(self._values.currsize)
