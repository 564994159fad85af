"""Run one backtest: bars in, qtos-core's engine, a serialised answer out.

`execute` runs, `answer_of` writes down.  `run_backtest` and
`run_backtest_from_request` live in `orchestrator.published`, a door over the services;
they can be imported from here, where they were first published.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from orchestrator.backtest_runner.answer import answer_of
from orchestrator.backtest_runner.execution import check_lookahead, execute
from orchestrator.backtest_runner.identity import (
    canonical,
    engine_version,
    fingerprint_of,
    run_id_of,
)
from orchestrator.backtest_runner.result import RunResult

if TYPE_CHECKING:
    from orchestrator.published import run_backtest, run_backtest_from_request

__all__ = [
    "RunResult",
    "answer_of",
    "canonical",
    "check_lookahead",
    "engine_version",
    "execute",
    "fingerprint_of",
    "run_backtest",
    "run_backtest_from_request",
    "run_id_of",
]

_PUBLISHED = ("run_backtest", "run_backtest_from_request")


def __getattr__(name: str) -> Any:
    # The old address of a door above this room: looked up when it is asked for, since
    # a room imports nothing above itself.
    if name in _PUBLISHED:
        return getattr(import_module("orchestrator.published"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
