"""Declarations of growth, ratios and drawdowns of an equity curve."""

from __future__ import annotations

from backtesting.metrics.definition import (
    NO_RETURNS,
    Better,
    MetricDefinition,
    Reason,
)

BACON = (
    "Bacon, C. R. (2008). Practical Portfolio Performance Measurement and "
    "Attribution, 2nd ed. Wiley"
)

EQUITY_METRICS = (
    MetricDefinition(
        name="initial_value",
        unit="money",
        direction=Better.NEUTRAL,
        definition="Initial cash C: the first peak, and the base of the first return.",
        lowest=0.0,
        source=BACON,
    ),
    MetricDefinition(
        name="final_value",
        unit="money",
        direction=Better.HIGHER,
        definition="Equity at the last close, open positions valued there.",
        source=BACON,
    ),
    MetricDefinition(
        name="total_pnl",
        unit="money",
        direction=Better.HIGHER,
        definition="Final value less initial value.",
        source=BACON,
    ),
    MetricDefinition(
        name="total_return_pct",
        unit="%",
        direction=Better.HIGHER,
        definition="(final / initial - 1) 100.",
        source=BACON,
    ),
    MetricDefinition(
        name="cagr",
        unit="% a year",
        direction=Better.HIGHER,
        definition=(
            "((final / initial)^(1 / years) - 1) 100, with years = elapsed time "
            "over 365.25 days; undefined too when equity was ever zero or less."
        ),
        lowest=-100.0,
        reasons=(
            Reason.TOO_FEW_BARS,
            Reason.EQUITY_NOT_POSITIVE,
            Reason.OVERFLOW,
        ),
        source=BACON,
    ),
    MetricDefinition(
        name="volatility_pct",
        unit="% a year",
        direction=Better.LOWER,
        definition=(
            "Standard deviation of the returns (ddof = 1) times sqrt(P) times 100."
        ),
        lowest=0.0,
        reasons=NO_RETURNS,
        source=BACON,
    ),
    MetricDefinition(
        name="sharpe_ratio",
        unit="ratio",
        direction=Better.HIGHER,
        definition=(
            "mean(r - rf) / sd(r - rf) sqrt(P), with ddof = 1 and rf the risk-"
            "free rate of one bar, (1 + annual)^(1/P) - 1."
        ),
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_VARIANCE,
        ),
        source=(
            "Sharpe, W. F. (1994). The Sharpe Ratio. Journal of Portfolio "
            "Management 21(1), 49-58"
        ),
    ),
    MetricDefinition(
        name="sortino_ratio",
        unit="ratio",
        direction=Better.HIGHER,
        definition="mean(r - rf) / sqrt(mean(min(r - rf, 0)^2)) sqrt(P).",
        reasons=(
            *NO_RETURNS,
            Reason.NO_DOWNSIDE,
        ),
        source=(
            "Sortino, F. A. & Price, L. N. (1994). Performance Measurement in a "
            "Downside Risk Framework. Journal of Investing 3(3), 59-64"
        ),
    ),
    MetricDefinition(
        name="omega_ratio",
        unit="ratio",
        direction=Better.HIGHER,
        definition="Sum of the gains over that of the losses, bar by bar.",
        lowest=0.0,
        reasons=(
            *NO_RETURNS,
            Reason.NO_LOSING_BAR,
        ),
        source=(
            "Keating, C. & Shadwick, W. F. (2002). A Universal Performance "
            "Measure. Journal of Performance Measurement 6(3), 59-84"
        ),
    ),
    MetricDefinition(
        name="max_drawdown",
        unit="money",
        direction=Better.LOWER,
        definition="Largest fall of equity under its running peak; positive.",
        lowest=0.0,
        source=(
            "Magdon-Ismail, M. & Atiya, A. F. (2004). Maximum Drawdown. Risk "
            "17(10), 99-102"
        ),
    ),
    MetricDefinition(
        name="max_drawdown_pct",
        unit="%",
        direction=Better.LOWER,
        definition=(
            "Largest fall of equity in percent of its running peak, its own "
            "maximum over time; positive."
        ),
        lowest=0.0,
        source=(
            "Magdon-Ismail, M. & Atiya, A. F. (2004). Maximum Drawdown. Risk "
            "17(10), 99-102"
        ),
    ),
    MetricDefinition(
        name="ulcer_index",
        unit="%",
        direction=Better.LOWER,
        definition="Square root of the mean squared percent drawdown, over all bars.",
        lowest=0.0,
        source=(
            "Martin, P. G. & McCann, B. B. (1989). The Investor's Guide to "
            "Fidelity Funds. Wiley"
        ),
    ),
    MetricDefinition(
        name="max_drawdown_days",
        unit="days",
        direction=Better.LOWER,
        definition=(
            "Longest time from a peak until equity is back at it; one still open "
            "counts up to the last bar."
        ),
        lowest=0.0,
        source=BACON,
    ),
    MetricDefinition(
        name="recovery_days",
        unit="days",
        direction=Better.LOWER,
        definition=(
            "Time from the trough of the largest percent drawdown until equity is"
            " back at the peak before it; 0 when it never fell."
        ),
        lowest=0.0,
        reasons=(Reason.NOT_RECOVERED,),
        source=BACON,
    ),
    MetricDefinition(
        name="calmar_ratio",
        unit="ratio",
        direction=Better.HIGHER,
        definition="cagr / max_drawdown_pct, over the whole sample.",
        reasons=(
            Reason.TOO_FEW_BARS,
            Reason.EQUITY_NOT_POSITIVE,
            Reason.NO_DRAWDOWN,
            Reason.OVERFLOW,
        ),
        source=(
            "Young, T. W. (1991). Calmar Ratio: A Smoother Tool. Futures 20(1), 40"
        ),
    ),
)
