"""A summary of a backtest for a terminal."""

from __future__ import annotations

from collections import Counter

from backtesting.metrics import Metrics, compute_metrics
from backtesting.result import BacktestResult

_LINES = (
    ("Initial value", "initial_value", "{:,.2f}"),
    ("Final value", "final_value", "{:,.2f}"),
    ("Total P&L", "total_pnl", "{:+,.2f}"),
    ("Total return", "total_return_pct", "{:+.2f} %"),
    ("CAGR", "cagr", "{:+.2f} %"),
    ("Sharpe ratio", "sharpe_ratio", "{:.2f}"),
    ("Max drawdown", "max_drawdown", "{:,.2f}"),
    ("Max drawdown", "max_drawdown_pct", "{:.2f} %"),
)


def print_report(
    result: BacktestResult,
    initial_value: float,
    *,
    trading_days_per_year: float = 252,
    risk_free_rate: float = 0.0,
) -> Metrics:
    """Print a readable summary of `result` and return its metrics.

    Parameters
    ----------
    result : BacktestResult
        What `BacktestEngine.run` returned.
    initial_value : float
        Equity before the first bar.
    trading_days_per_year : float, default=252
        Bars that make a year.
    risk_free_rate : float, default=0.0
        Annual effective rate, as a fraction.
    """
    metrics = compute_metrics(
        initial_value,
        result.equity_curve,
        trading_days_per_year=trading_days_per_year,
        risk_free_rate=risk_free_rate,
    )
    print("\n".join(_report(result, metrics)))
    return metrics


def _report(result: BacktestResult, metrics: Metrics) -> list[str]:
    lines = ["Backtest", "--------"]
    for label, name, form in _LINES:
        reason = metrics.undefined.get(name)
        value = form.format(getattr(metrics, name))
        lines.append(f"{label:<16}{f'undefined ({reason})' if reason else value:>20}")
    lines.append(f"{'Bars':<16}{len(result.equity_curve):>20,}")
    lines.append(f"{'Trades':<16}{len(result.trades):>20,}")
    lines.append(f"{'Orders refused':<16}{len(result.rejections):>20,}")
    reasons = Counter(str(rejection.reason) for rejection in result.rejections)
    lines += [f"  {reason:<22}{count:>12,}" for reason, count in reasons.items()]
    return lines
