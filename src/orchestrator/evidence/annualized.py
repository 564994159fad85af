"""The statistics as figures of the evidence, annualized where a name says so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.evidence.normal import quantile_above
from orchestrator.evidence.psr import min_track_record_length
from orchestrator.evidence.resampling import Bootstrap
from orchestrator.evidence.sharpe import (
    SharpeEstimate,
    UndefinedStatisticError,
    estimate_sharpe,
)
from orchestrator.evidence.timing import Holding, returns_beyond_drift, timing_test
from orchestrator.evidence.trials import (
    Trials,
    expected_max_z,
    haircut_sharpe,
    sidak,
    spent,
    trials_variance,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

CONFIDENCE = 0.95
DRAWDOWN_RANKS = (50, 75, 90, 95, 99)


def sharpe_figures(
    estimate: SharpeEstimate, periods_per_year: float
) -> dict[str, float]:
    """Return the ratio, its errors, its interval and its shape."""
    annual = math.sqrt(periods_per_year)
    ratio, error = estimate.ratio, estimate.standard_error
    reach = quantile_above(0.5 - 0.5 * CONFIDENCE) * error
    return {
        "sharpe_ann": annual * ratio,
        "sharpe_se_ann": annual * error,
        "sharpe_se_iid_ann": annual * estimate.standard_error_iid,
        "sharpe_se_hac_ann": annual * estimate.standard_error_hac,
        "sharpe_ci_low_ann": annual * (ratio - reach),
        "sharpe_ci_high_ann": annual * (ratio + reach),
        "skewness": estimate.skewness,
        "kurtosis": estimate.kurtosis,
    }


def luck_figures(estimate: SharpeEstimate) -> dict[str, float]:
    """Return the p-value of the ratio alone, and the PSR that goes with it."""
    p_value = estimate.p_value_above(0.0)
    return {"p_value": p_value, "psr": 1.0 - p_value}


def best_bar_figures(
    returns: FloatArray, risk_free_per_period: float
) -> dict[str, float]:
    """Return the p-value of the returns without the largest of them."""
    rest = estimate_sharpe(
        np.delete(returns, returns.argmax()), risk_free_per_period=risk_free_per_period
    )
    return {"p_value_without_best_bar": rest.p_value_above(0.0)}


def excess_figures(holding: Holding | None, returns: FloatArray) -> dict[str, float]:
    """Return the p-value of what was earned beyond the market's drift."""
    if holding is None:
        raise UndefinedStatisticError("positions_unknown")
    beyond = estimate_sharpe(returns_beyond_drift(holding, returns))
    return {"timing.p_value_excess": beyond.p_value_above(0.0)}


def trial_figures(
    estimate: SharpeEstimate,
    p_value_judged: float | None,
    trials: Trials,
    periods_per_year: float,
) -> dict[str, float]:
    """Return what the trials cost.

    Without a judged p-value, the figures that are made from it are missing.
    """
    annual = math.sqrt(periods_per_year)
    variance = trials_variance(trials, observations=estimate.observations)
    luckiest = math.sqrt(variance) * expected_max_z(trials.used)
    figures = {
        "expected_max_sharpe_ann": annual * luckiest,
        "dsr": 1.0 - estimate.p_value_above(luckiest),
    }
    if p_value_judged is None:
        return figures
    adjusted = sidak(p_value_judged, trials=trials.used)
    return figures | {
        "p_value_adjusted": adjusted,
        "p_value_spent": spent(p_value_judged, trials=trials.used),
        "haircut_sharpe_ann": annual * _haircut(estimate, adjusted),
    }


def _haircut(estimate: SharpeEstimate, adjusted: float) -> float:
    """Return the ratio in proportion to the z-scores after and before the trials."""
    if estimate.ratio <= 0.0:
        return 0.0
    before = quantile_above(estimate.p_value_above(0.0))
    return haircut_sharpe(adjusted, standard_error=estimate.ratio / before)


def track_record_figures(
    estimate: SharpeEstimate, periods_per_year: float
) -> dict[str, float]:
    """Return how long a record this ratio needs."""
    length = min_track_record_length(
        estimate.ratio,
        skewness=estimate.skewness,
        kurtosis=estimate.kurtosis,
        confidence=CONFIDENCE,
    )
    return {"min_trl_observations": length, "min_trl_years": length / periods_per_year}


def timing_figures(holding: Holding | None, returns: FloatArray) -> dict[str, float]:
    """Return the timing test, if positions are known."""
    if holding is None:
        raise UndefinedStatisticError("positions_unknown")
    test = timing_test(holding, returns)
    return {"timing.p_value": test.p_value, "timing.shifts": test.shifts}


def bootstrap_figures(
    paths: Bootstrap, periods_per_year: float, limit_pct: float | None
) -> dict[str, float]:
    """Return the interval and drawdowns of the resampled paths."""
    annual = math.sqrt(periods_per_year)
    low, high = paths.sharpe_interval(CONFIDENCE)
    depths = paths.drawdown_percentiles(*DRAWDOWN_RANKS)
    figures = {
        "bootstrap.resamples": paths.plan.resamples,
        "bootstrap.block": paths.plan.block,
        "bootstrap.sharpe_ci_low_ann": annual * low,
        "bootstrap.sharpe_ci_high_ann": annual * high,
    } | {
        f"bootstrap.max_drawdown_pct_p{rank}": depth
        for rank, depth in zip(DRAWDOWN_RANKS, depths, strict=True)
    }
    if limit_pct is not None:
        figures["bootstrap.drawdown_limit_pct"] = limit_pct
        figures["bootstrap.horizon_years"] = paths.horizon / periods_per_year
        figures["bootstrap.p_drawdown_over_limit"] = paths.probability_of_drawdown_over(
            limit_pct
        )
    return figures
