"""Run one backtest: bars in, qtos-core's engine, a serialised answer out.

`run_backtest` and `run_backtest_from_request` are published.  The service itself
calls `execute` and `answer_of`, which keep the run between the two.
"""

from orchestrator.backtest_runner.answer import answer_of, warning_json
from orchestrator.backtest_runner.execution import check_lookahead, execute
from orchestrator.backtest_runner.identity import (
    canonical,
    engine_version,
    fingerprint_of,
    run_id_of,
)
from orchestrator.backtest_runner.published import (
    run_backtest,
    run_backtest_from_request,
)
from orchestrator.backtest_runner.result import RunResult

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
    "warning_json",
]
