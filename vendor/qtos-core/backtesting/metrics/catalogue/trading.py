"""Declarations of the metrics of positions, fills and closed trades."""

from __future__ import annotations

from backtesting.metrics.definition import Better, MetricDefinition, Reason

PARDO = (
    "Pardo, R. (2008). The Evaluation and Optimization of Trading Strategies, 2nd"
    " ed. Wiley"
)

TRADING_METRICS = (
    MetricDefinition(
        name="exposure_pct",
        unit="%",
        direction=Better.NEUTRAL,
        definition="Bars that end with a position, in percent of all bars.",
        lowest=0.0,
        highest=100.0,
        source=PARDO,
    ),
    MetricDefinition(
        name="max_exposure_pct",
        unit="%",
        direction=Better.NEUTRAL,
        definition=(
            "Largest value of the position at a close, long or short, in percent "
            "of equity."
        ),
        lowest=0.0,
        reasons=(Reason.EQUITY_NOT_POSITIVE,),
        source=PARDO,
    ),
    MetricDefinition(
        name="turnover",
        unit="1/year",
        direction=Better.LOWER,
        definition="Value bought and sold, over mean equity, over years.",
        lowest=0.0,
        reasons=(
            Reason.TOO_FEW_BARS,
            Reason.EQUITY_NOT_POSITIVE,
        ),
        source=(
            "Grinold, R. C. & Kahn, R. N. (2000). Active Portfolio Management, "
            "2nd ed. McGraw-Hill"
        ),
    ),
    MetricDefinition(
        name="total_costs",
        unit="money",
        direction=Better.LOWER,
        definition="Commissions, slippage and borrowing paid.",
        lowest=0.0,
        source=PARDO,
    ),
    MetricDefinition(
        name="closed_trades",
        unit="count",
        direction=Better.NEUTRAL,
        definition=(
            "Positions closed, each from its first entry to the exit that left "
            "nothing, however many parts it was closed in; a position open at the "
            "end is valued, not counted."
        ),
        lowest=0.0,
        source=PARDO,
    ),
    MetricDefinition(
        name="win_rate_pct",
        unit="%",
        direction=Better.HIGHER,
        definition="Closed trades that made money after costs, in percent of all.",
        lowest=0.0,
        highest=100.0,
        reasons=(Reason.NO_CLOSED_TRADES,),
        source=PARDO,
    ),
    MetricDefinition(
        name="profit_factor",
        unit="ratio",
        direction=Better.HIGHER,
        definition=(
            "Money won by winning trades over money lost by losing ones, after costs."
        ),
        lowest=0.0,
        reasons=(
            Reason.NO_CLOSED_TRADES,
            Reason.NO_LOSING_TRADE,
        ),
        source=PARDO,
    ),
    MetricDefinition(
        name="expectancy",
        unit="money",
        direction=Better.HIGHER,
        definition="Mean profit of a closed trade, after costs.",
        reasons=(Reason.NO_CLOSED_TRADES,),
        source=(
            "Tharp, V. K. (2007). Trade Your Way to Financial Freedom, 2nd ed. "
            "McGraw-Hill"
        ),
    ),
    MetricDefinition(
        name="average_win",
        unit="money",
        direction=Better.HIGHER,
        definition="Mean profit of the winning trades.",
        lowest=0.0,
        reasons=(
            Reason.NO_CLOSED_TRADES,
            Reason.NO_WINNING_TRADE,
        ),
        source=PARDO,
    ),
    MetricDefinition(
        name="average_loss",
        unit="money",
        direction=Better.LOWER,
        definition="Mean loss of the losing trades; positive.",
        lowest=0.0,
        reasons=(
            Reason.NO_CLOSED_TRADES,
            Reason.NO_LOSING_TRADE,
        ),
        source=PARDO,
    ),
    MetricDefinition(
        name="payoff_ratio",
        unit="ratio",
        direction=Better.HIGHER,
        definition="average_win / average_loss.",
        lowest=0.0,
        reasons=(
            Reason.NO_CLOSED_TRADES,
            Reason.NO_WINNING_TRADE,
            Reason.NO_LOSING_TRADE,
        ),
        source=PARDO,
    ),
    MetricDefinition(
        name="average_holding_bars",
        unit="bars",
        direction=Better.NEUTRAL,
        definition="Mean bars between a closed trade's entry and its exit.",
        lowest=0.0,
        reasons=(Reason.NO_CLOSED_TRADES,),
        source=PARDO,
    ),
    MetricDefinition(
        name="largest_loss_streak",
        unit="count",
        direction=Better.LOWER,
        definition="Most losing trades in a row, in order of closing.",
        lowest=0.0,
        reasons=(Reason.NO_CLOSED_TRADES,),
        source=PARDO,
    ),
)
