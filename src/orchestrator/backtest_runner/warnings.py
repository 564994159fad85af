"""What to beware of in a run's figures: warnings by stable codes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from backtesting.terms import Fill
from backtesting.timetable import SHORT_STEP, usual_step
from orchestrator.spec import AnswerWarning, WarningCode

if TYPE_CHECKING:
    from backtesting.kernel import Simulation
    from backtesting.metrics import Measured
    from orchestrator.strategies.signals.counts import SignalCounts

FEW_TRADES = 30
SHORT_SAMPLE_RETURNS = 60
SHORT_SAMPLE_DAYS = 365
LOW_EXPOSURE_PCT = 50.0
_ROLL_LEAST = 60  # returns: an autocovariance of fewer says nothing
ALWAYS_INVESTED = "buy_and_hold"
"""The strategy that is not asked for closed trades: it never closes one."""


def warnings_of(
    simulation: Simulation,
    measured: Measured,
    strategy_type: str,
    counts: SignalCounts | None = None,
) -> Iterator[AnswerWarning]:
    """Yield what the caller must know of what happened; `counts` of its signals."""
    yield from _of_orders(simulation)
    yield from _of_fills(simulation, counts)
    yield from _of_sample(simulation, strategy_type)
    lowest = float(simulation.equity.min())
    if lowest <= 0.0:
        yield AnswerWarning(
            code=WarningCode.EQUITY_NOT_POSITIVE,
            detail=f"equity fell to {lowest:g}: a gap over the margin call's price "
            "took everything, and no broker lends what is missing",
        )
    exposure = measured.values.get("max_exposure_pct")
    if exposure is not None and exposure < LOW_EXPOSURE_PCT:
        yield AnswerWarning(
            code=WarningCode.LOW_EXPOSURE,
            detail=f"the largest position was {exposure:.1f} % of equity: drawdown "
            "and volatility are measured against cash that lay idle",
        )
    if simulation.position[-1] != 0.0:
        yield AnswerWarning(
            code=WarningCode.OPEN_POSITION_AT_END,
            detail=f"{simulation.position[-1]:g} units are still held and valued at "
            "the last close; they are not a closed trade",
        )


def _of_orders(simulation: Simulation) -> Iterator[AnswerWarning]:
    counts = simulation.counts
    if counts.rejected or counts.expired:
        yield AnswerWarning(
            code=WarningCode.ORDERS_REJECTED,
            detail=f"{counts.rejected} of {counts.emitted} orders were rejected and "
            f"{counts.expired} expired; orders.rejections says why",
        )
    if counts.cut or counts.rounded:
        yield AnswerWarning(
            code=WarningCode.ORDERS_ADJUSTED,
            detail=f"{counts.cut} orders were cut to the position or to what cash "
            f"affords, {counts.rounded} were rounded down to whole lots",
        )
    if simulation.delayed:
        yield AnswerWarning(
            code=WarningCode.HALTED,
            detail=f"{simulation.delayed} decisions fell before or into bars of volume "
            "0, in which nothing traded: they waited for the next bar with volume",
        )
    if counts.margin_calls:
        yield AnswerWarning(
            code=WarningCode.MARGIN_CALL,
            detail=f"{counts.margin_calls} short positions were closed because equity "
            "no longer carried them",
        )
    if not counts.filled:
        yield AnswerWarning(
            code=WarningCode.NO_TRADES,
            detail="every order was rejected (orders.rejections says why): the "
            "figures are those of idle cash"
            if counts.rejected
            else "no order was filled: the figures are those of idle cash",
        )


def _of_fills(
    simulation: Simulation, counts: SignalCounts | None
) -> Iterator[AnswerWarning]:
    if not len(simulation.fills):
        return
    # A signal with a time of its own was known before the close it fills at.
    needs_the_close = counts is None or counts.dated > 0
    if simulation.terms.fill is Fill.CLOSE and needs_the_close:
        yield AnswerWarning(
            code=WarningCode.SAME_BAR_FILL,
            detail="orders fill at the very close they are decided on: who waits for a "
            "close to decide cannot trade at it; ask for fill next_open",
        )
    yield from _of_bounce(simulation)
    if simulation.total_costs == 0.0:
        yield AnswerWarning(
            code=WarningCode.NO_COSTS,
            detail="nothing was charged for trading: give costs, such as slippage_bps "
            "and commission_bps",
        )


def _of_bounce(simulation: Simulation) -> Iterator[AnswerWarning]:
    """Yield a warning where trading at the close earns the spread it should pay.

    Roll (1984), J. of Finance 39(4): prices that jump between bid and ask have returns
    with an autocovariance of minus a quarter of the squared spread.
    """
    if simulation.terms.fill is not Fill.CLOSE:
        return
    returns = np.diff(np.log(simulation.bars.close))
    is_intraday = usual_step(simulation.bars.timestamps) < SHORT_STEP
    if returns.size <= _ROLL_LEAST or not is_intraday:
        return
    returns -= returns.mean()
    covariance = float(returns[1:] @ returns[:-1]) / returns.size
    variance = float(returns @ returns) / returns.size
    if variance <= 0.0 or covariance / variance > -2.0 / math.sqrt(returns.size):
        return
    spread_bps = 2e4 * math.sqrt(-covariance)
    traded = float(simulation.fills.notional.sum())
    paid_bps = 1e4 * simulation.total_costs / traded if traded > 0.0 else 0.0
    if paid_bps < spread_bps / 2.0:
        yield AnswerWarning(
            code=WarningCode.BID_ASK_BOUNCE,
            detail="closes jump back and forth as between bid and ask "
            f"{spread_bps:.3g} bp apart (Roll's estimate), and fills at the close paid "
            f"{paid_bps:.3g} bp of costs: less than half the spread",
        )


def _of_sample(simulation: Simulation, strategy_type: str) -> Iterator[AnswerWarning]:
    closed = simulation.closed_lots.trades
    if closed < FEW_TRADES and strategy_type != ALWAYS_INVESTED:
        yield AnswerWarning(
            code=WarningCode.FEW_TRADES,
            detail=f"{closed} closed trades say little about a strategy: "
            f"{FEW_TRADES} are the least to judge by",
        )
    timestamps = simulation.bars.timestamps
    days = int((timestamps[-1] - timestamps[0]).astype("timedelta64[D]").astype(int))
    if timestamps.size < SHORT_SAMPLE_RETURNS or days < SHORT_SAMPLE_DAYS:
        yield AnswerWarning(
            code=WarningCode.SHORT_SAMPLE,
            detail=f"{timestamps.size} bars over {days} days are few: annualized "
            "figures swing widely under a year of data",
        )
