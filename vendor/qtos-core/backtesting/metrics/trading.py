"""The metrics of positions, fills and closed trades."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from backtesting.metrics import kernels
from backtesting.metrics.definition import Reason
from backtesting.metrics.history import refuse_missing, sealed

if TYPE_CHECKING:
    from backtesting.metrics.equity import Curve
    from backtesting.metrics.history import History
    from backtesting.metrics.sheet import Sheet

OF_CLOSED_TRADES = (
    "win_rate_pct",
    "profit_factor",
    "expectancy",
    "average_win",
    "average_loss",
    "payoff_ratio",
    "average_holding_bars",
    "largest_loss_streak",
)


def add_exposure(sheet: Sheet, history: History, curve: Curve) -> None:
    """Write how much was held and traded, and what that cost."""
    position = sealed(history.position)
    held = kernels.exposure_of(position, sealed(history.close), sealed(history.equity))
    if not math.isfinite(held.units):
        refuse_missing("position", position)
    sheet.put("exposure_pct", held.bars / curve.bars * 100.0)
    if held.is_defined:
        sheet.put("max_exposure_pct", held.largest * 100.0)
    else:
        sheet.skip("max_exposure_pct", Reason.EQUITY_NOT_POSITIVE)
    if curve.years <= 0.0:
        sheet.skip("turnover", Reason.TOO_FEW_BARS)
    elif curve.path.mean_equity <= 0.0:
        sheet.skip("turnover", Reason.EQUITY_NOT_POSITIVE)
    else:
        traded = history.traded_value / curve.path.mean_equity
        sheet.put("turnover", traded / curve.years)
    sheet.put("total_costs", history.total_costs)


def add_trades(sheet: Sheet, history: History) -> None:
    """Write what the closed trades came to."""
    pnl = sealed(np.asarray(history.trade_pnl, dtype=np.float64))
    bars = sealed(np.asarray(history.trade_bars, dtype=np.float64))
    count = pnl.size
    sheet.put("closed_trades", float(count))
    if count == 0:
        sheet.skip_all(OF_CLOSED_TRADES, Reason.NO_CLOSED_TRADES)
        return
    sums = kernels.trades_of(pnl, bars)
    if not math.isfinite(sums.total):
        refuse_missing("trade_pnl", pnl)
    sheet.put("win_rate_pct", sums.wins / count * 100.0)
    sheet.put("expectancy", sums.total / count)
    sheet.put("average_holding_bars", sums.bars / count)
    sheet.put("largest_loss_streak", float(sums.longest_losing))
    _add_wins_and_losses(sheet, sums)


def _add_wins_and_losses(sheet: Sheet, sums: kernels.TradeSums) -> None:
    if sums.wins == 0:
        sheet.skip_all(("average_win", "payoff_ratio"), Reason.NO_WINNING_TRADE)
    else:
        sheet.put("average_win", sums.won / sums.wins)
    if sums.losses == 0:
        names = ("average_loss", "profit_factor", "payoff_ratio")
        sheet.skip_all(names, Reason.NO_LOSING_TRADE)
        return
    sheet.put("average_loss", sums.lost / sums.losses)
    sheet.put("profit_factor", sums.won / sums.lost)
    if sums.wins:
        average_win = sums.won / sums.wins
        sheet.put("payoff_ratio", average_win / (sums.lost / sums.losses))
