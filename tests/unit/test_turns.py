"""Turns: heavy work goes one after another, waits in bounds, and never hangs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import OverloadedError
from orchestrator.turns import Turns

SOON = 20.0


def test_as_many_as_may_work_at_once() -> None:
    turns, lock = Turns(at_once=2), threading.Lock()
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        with turns.taken(Deadline.after(SOON)):
            with lock:
                inside += 1
                most = max(most, inside)
            pause.wait(0.01)
            with lock:
                inside -= 1

    pause = threading.Event()
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(work) for _ in range(16)]:
            done.result(SOON)

    assert most == 2


def test_one_that_does_not_come_in_time_is_refused() -> None:
    turns = Turns()

    with turns.taken(Deadline.never()):
        with pytest.raises(OverloadedError, match="heavy work of others") as caught:
            turns.taken(Deadline.after(0.01)).__enter__()
        assert caught.value.retry_after == 2.0

    with turns.taken(Deadline.after(SOON)):
        pass


def test_no_more_wait_than_may() -> None:
    turns = Turns(waiting=1)

    def wait() -> None:
        with turns.taken(Deadline.after(SOON)):
            pass

    with ThreadPoolExecutor(1) as threads:
        with turns.taken(Deadline.after(SOON)):
            waits = threads.submit(wait)
            while turns._places._value:
                pass
            with pytest.raises(OverloadedError, match="is waiting already"):
                turns.taken(Deadline.after(SOON)).__enter__()
        waits.result(SOON)


def test_a_turn_is_given_back_by_work_that_fails() -> None:
    turns = Turns(waiting=0)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.taken(Deadline.after(SOON)):
            raise ZeroDivisionError
