"""A cache bounded in bytes, and work done once for all who ask meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import BudgetExceededError
from orchestrator.loaders.cache import ByteBoundedCache
from orchestrator.loaders.single_flight import SingleFlight


@dataclass(frozen=True)
class Box:
    nbytes: int


class TestByteBoundedCache:
    def test_drops_what_was_used_least_recently(self) -> None:
        cache: ByteBoundedCache[str, Box] = ByteBoundedCache(10)
        cache.put("a", Box(4))
        cache.put("b", Box(4))
        cache.get("a")

        cache.put("c", Box(4))

        assert [cache.get(key) is not None for key in "abc"] == [True, False, True]
        assert cache.nbytes == 8

    def test_does_not_keep_what_is_larger_than_all_of_it(self) -> None:
        cache: ByteBoundedCache[str, Box] = ByteBoundedCache(10)
        cache.put("a", Box(4))

        cache.put("a", Box(11))

        assert cache.get("a") is None
        assert cache.nbytes == 0


class TestSingleFlight:
    def test_hands_one_result_to_all(self) -> None:
        flights: SingleFlight[int] = SingleFlight()
        began, go = threading.Event(), threading.Event()
        results: list[int] = []

        def work() -> int:
            began.set()
            go.wait(10)
            return 7

        def ask() -> None:
            results.append(flights.run("key", work, Deadline.after(10.0)))

        first = threading.Thread(target=ask)
        first.start()
        began.wait(10)
        others = [threading.Thread(target=ask) for _ in range(4)]
        for thread in others:
            thread.start()
        go.set()
        for thread in (first, *others):
            thread.join()

        assert results == [7] * 5

    def test_hands_an_error_on_and_then_works_again(self) -> None:
        flights: SingleFlight[int] = SingleFlight()

        def fail() -> int:
            raise KeyError("x")

        with pytest.raises(KeyError):
            flights.run("key", fail, Deadline.after(10.0))

        assert flights.run("key", lambda: 5, Deadline.after(10.0)) == 5

    def test_does_not_wait_longer_than_the_budget(self) -> None:
        flights: SingleFlight[int] = SingleFlight()
        began, go = threading.Event(), threading.Event()

        def work() -> int:
            began.set()
            go.wait(10)
            return 7

        thread = threading.Thread(
            target=lambda: flights.run("key", work, Deadline.after(10.0))
        )
        thread.start()
        began.wait(10)

        with pytest.raises(BudgetExceededError):
            flights.run("key", work, Deadline.after(0.05))
        go.set()
        thread.join()

    def test_works_once_for_all_who_look_at_once(self) -> None:
        """Every look-up takes a while, so that without a lock all find nothing."""

        class Slow(dict[Hashable, Future[int]]):
            def get(self, key: Hashable, default: object = None) -> object:  # type: ignore[override]
                found = super().get(key)
                time.sleep(0.02)
                return found or default

        flights: SingleFlight[int] = SingleFlight()
        flights._flights = Slow()
        begun: list[int] = []

        def work() -> int:
            begun.append(1)
            time.sleep(0.3)
            return 7

        with ThreadPoolExecutor(8) as threads:
            asked = [
                threads.submit(flights.run, "key", work, Deadline.after(10.0))
                for _ in range(8)
            ]
            assert [one.result() for one in asked] == [7] * 8

        assert begun == [1]
