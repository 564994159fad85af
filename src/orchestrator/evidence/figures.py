"""Every figure of the evidence, declared once.

Documentation, the gate's dotted names (``evidence.p_value``) and the OpenAPI read
this.  A dot in a name is a level of the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.metrics.definition import Better

_MERTENS = "Mertens (2002); Bailey & Lopez de Prado (2012), J. of Risk 15(2)"
_LO = "Lo (2002), Financial Analysts J. 58(4); Newey & West (1987, 1994)"
_PSR = "Bailey & Lopez de Prado (2012), J. of Risk 15(2)"
_DSR = "Bailey & Lopez de Prado (2014), J. Portfolio Management 40(5)"
_THREE = (
    "Student's t; Mertens (2002); Lazarus, Lewis, Stock & Watson (2018), "
    "J. Business & Economic Statistics 36(4)"
)
_EXCESS = (
    "Cumby & Modest (1987), J. Financial Economics 19(1); Grinblatt & Titman (1993), "
    "J. Business 66(1)"
)
_HAIRCUT = "after Harvey & Liu (2015), J. Portfolio Management 42(1)"
_BLOCKS = "Politis & Romano (1992)"
_SHIFTS = "Politis & Romano (1992); Aronson (2006)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDefinition:
    """One figure: its name below ``evidence.``, its unit and what it says.

    `lowest` and `highest` are the bounds it can have, rounding aside; inclusive, None
    where there is none.  `direction` is the way it improves.
    """

    name: str
    unit: str
    definition: str
    source: str = ""
    lowest: float | None = None
    highest: float | None = None
    direction: Better = Better.NEUTRAL


def _define(
    name: str,
    unit: str,
    definition: str,
    source: str = "",
    *,
    lowest: float | None = None,
    highest: float | None = None,
    direction: Better = Better.NEUTRAL,
) -> FigureDefinition:
    return FigureDefinition(
        name=name,
        unit=unit,
        definition=definition,
        source=source,
        lowest=lowest,
        highest=highest,
        direction=direction,
    )


FIGURES: tuple[FigureDefinition, ...] = (
    _define(
        "sample.returns",
        "count",
        "Returns per period, the first bar's included.",
        lowest=0.0,
    ),
    _define(
        "sample.years",
        "years",
        "The smaller of first to last bar over 365.25 days, and bars over bars a year.",
        lowest=0.0,
    ),
    _define(
        "sample.closed_trades",
        "count",
        "Trades closed, each from flat to flat.",
        lowest=0.0,
    ),
    _define(
        "sample.losing_trades",
        "count",
        "Closed trades that lost after costs.",
        lowest=0.0,
    ),
    _define(
        "sample.missing_pct",
        "%",
        "Percent of the calendar's sessions, or of the time, without bars.",
        lowest=0.0,
        highest=100.0,
    ),
    _define(
        "trials",
        "count",
        "Trials the p-value is adjusted for: counted or claimed.",
        lowest=1.0,
    ),
    _define(
        "trials_counted",
        "count",
        "Distinct trials of this caller on this data.",
        lowest=0.0,
    ),
    _define(
        "trials_all_callers",
        "count",
        "The same over all callers; not used.",
        lowest=0.0,
    ),
    _define(
        "sharpe_ann",
        "ratio",
        "Annualized Sharpe ratio of the run.",
        direction=Better.HIGHER,
    ),
    _define(
        "sharpe_se_ann",
        "ratio",
        "Its standard error: the larger of the next two.",
        f"{_MERTENS}; {_LO}",
        lowest=0.0,
        direction=Better.LOWER,
    ),
    _define(
        "sharpe_se_iid_ann",
        "ratio",
        "Error of independent returns.",
        _MERTENS,
        lowest=0.0,
    ),
    _define(
        "sharpe_se_hac_ann",
        "ratio",
        "Error of autocorrelated returns.",
        _LO,
        lowest=0.0,
    ),
    _define(
        "sharpe_ci_low_ann",
        "ratio",
        "Lower end of the 95 % interval.",
        direction=Better.HIGHER,
    ),
    _define(
        "sharpe_ci_high_ann",
        "ratio",
        "Upper end of the 95 % interval.",
        direction=Better.HIGHER,
    ),
    _define("skewness", "ratio", "Population skewness of the excess returns."),
    _define("kurtosis", "ratio", "Population kurtosis, 3 for a normal.", lowest=0.0),
    _define(
        "psr",
        "probability",
        "That the true Sharpe ratio is above 0: 1 less the p-value.",
        _PSR,
        lowest=0.0,
        highest=1.0,
        direction=Better.HIGHER,
    ),
    _define(
        "p_value",
        "probability",
        "Of a Sharpe ratio this high without skill: the largest of three tests.",
        _THREE,
        lowest=0.0,
        highest=1.0,
        direction=Better.LOWER,
    ),
    _define(
        "p_value_without_best_bar",
        "probability",
        "The same without the largest return: reported, not judged.",
        _THREE,
        lowest=0.0,
        highest=1.0,
        direction=Better.LOWER,
    ),
    _define(
        "p_value_adjusted",
        "probability",
        "The larger of p_value and timing.p_value_excess (p_value alone for "
        "buy_and_hold), for the best of `trials` independent trials.",
        "Sidak (1967)",
        lowest=0.0,
        highest=1.0,
        direction=Better.LOWER,
    ),
    _define(
        "p_value_spent",
        "probability",
        "The same p-value times trials x (trials + 1): for who tries in sequence and "
        "acts on the first pass.",
        "Foster & Stine (2008), J. Royal Statistical Society B 70(2)",
        lowest=0.0,
        highest=1.0,
        direction=Better.LOWER,
    ),
    _define(
        "haircut_sharpe_ann",
        "ratio",
        "What is left of the Sharpe ratio once the trials are paid for.",
        _HAIRCUT,
        lowest=0.0,
        direction=Better.HIGHER,
    ),
    _define(
        "min_trl_observations",
        "count",
        "Returns that make PSR(0) reach 95 % at this Sharpe ratio.",
        _PSR,
        lowest=0.0,
    ),
    _define(
        "min_trl_years", "years", "The same in years of periods.", _PSR, lowest=0.0
    ),
    _define(
        "expected_max_sharpe_ann",
        "ratio",
        "Expected best Sharpe ratio of `trials` without skill.",
        _DSR,
        lowest=0.0,
    ),
    _define(
        "dsr",
        "probability",
        "That the true ratio is above expected_max_sharpe_ann: reported only.",
        _DSR,
        lowest=0.0,
        highest=1.0,
        direction=Better.HIGHER,
    ),
    _define(
        "timing.p_value_excess",
        "probability",
        "The three tests on what was earned beyond the average exposure's share of the "
        "market's return.",
        _EXCESS,
        lowest=0.0,
        highest=1.0,
        direction=Better.LOWER,
    ),
    _define(
        "timing.p_value",
        "probability",
        "Share of shifted positions that did as well.",
        _SHIFTS,
        lowest=0.0,
        highest=1.0,
        direction=Better.LOWER,
    ),
    _define("timing.shifts", "count", "Shifts compared with.", _SHIFTS, lowest=0.0),
    _define("bootstrap.resamples", "count", "Paths drawn.", _BLOCKS, lowest=0.0),
    _define(
        "bootstrap.block",
        "count",
        "Consecutive returns kept together.",
        _BLOCKS,
        lowest=0.0,
    ),
    _define(
        "bootstrap.sharpe_ci_low_ann",
        "ratio",
        "2.5th percentile.",
        _BLOCKS,
        direction=Better.HIGHER,
    ),
    _define(
        "bootstrap.sharpe_ci_high_ann",
        "ratio",
        "97.5th percentile.",
        _BLOCKS,
        direction=Better.HIGHER,
    ),
    *(
        _define(
            f"bootstrap.max_drawdown_pct_p{rank}",
            "%",
            f"{rank}th percentile of the deepest drawdown: not a bound.",
            _BLOCKS,
            lowest=0.0,
            highest=100.0,
            direction=Better.LOWER,
        )
        for rank in (50, 75, 90, 95, 99)
    ),
    _define(
        "bootstrap.drawdown_limit_pct",
        "%",
        "The limit the next figure is about.",
        lowest=0.0,
    ),
    _define(
        "bootstrap.horizon_years",
        "years",
        "What the next figure is about: the sample's length, up to three years.",
        lowest=0.0,
    ),
    _define(
        "bootstrap.p_drawdown_over_limit",
        "probability",
        "Share of paths that fall deeper than the limit within the horizon.",
        _BLOCKS,
        lowest=0.0,
        highest=1.0,
        direction=Better.LOWER,
    ),
)
FIGURE_NAMES = frozenset(figure.name for figure in FIGURES)
