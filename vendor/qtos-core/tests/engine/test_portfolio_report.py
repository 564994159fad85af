"""The printed summary."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from backtesting import BacktestResult, print_report
from qtos_core import Portfolio


class TestPrintReport:
    def test_prints_what_it_returns(self, capsys: pytest.CaptureFixture[str]) -> None:
        start = datetime(2020, 1, 1)  # noqa: DTZ001
        curve = [(start + timedelta(i), v) for i, v in enumerate((100.0, 90.0, 110.0))]

        metrics = print_report(BacktestResult(Portfolio(), [], curve), 100.0)

        printed = capsys.readouterr().out
        assert metrics.total_pnl == 10.0
        assert "+10.00 %" in printed
        assert metrics.max_drawdown_pct == pytest.approx(10.0)

    def test_says_what_is_undefined(self, capsys: pytest.CaptureFixture[str]) -> None:
        metrics = print_report(BacktestResult(Portfolio(), [], []), 100.0)

        assert metrics.sharpe_ratio == 0.0
        assert f"undefined ({metrics.undefined['sharpe_ratio']})" in (
            capsys.readouterr().out
        )
