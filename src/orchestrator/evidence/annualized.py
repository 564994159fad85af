"""The statistics as figures of the evidence, annualized where a name says so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from orchestrator.evidence.normal import quantile_above, upper_tail
from orchestrator.evidence.psr import (
    min_track_record_length,
    probabilistic_sharpe_ratio,
)
from orchestrator.evidence.resampling import Bootstrap
from orchestrator.evidence.sharpe import SharpeEstimate, UndefinedStatisticError
from orchestrator.evidence.timing import Holding, timing_test
from orchestrator.evidence.trials import (
    Trials,
    deflated_sharpe_ratio,
    expected_max_z,
    haircut_sharpe,
    sidak,
    trials_variance,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
        "psr": probabilistic_sharpe_ratio(
            ratio,
            observations=estimate.observations,
            skewness=estimate.skewness,
            kurtosis=estimate.kurtosis,
        ),
    }


def luck_figures(
    estimate: SharpeEstimate, trials: Trials, periods_per_year: float
) -> dict[str, float]:
    """Return the p-value, before and after paying for the trials."""
    annual = math.sqrt(periods_per_year)
    p_value = upper_tail(estimate.z_score)
    adjusted = sidak(p_value, trials=trials.used)
    haircut = haircut_sharpe(adjusted, standard_error=estimate.standard_error)
    variance = trials_variance(trials, observations=estimate.observations)
    return {
        "p_value": p_value,
        "p_value_adjusted": adjusted,
        "haircut_sharpe_ann": annual * haircut,
        "expected_max_sharpe_ann": annual
        * math.sqrt(variance)
        * expected_max_z(trials.used),
        "dsr": deflated_sharpe_ratio(estimate, trials=trials.used, variance=variance),
    }


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


def timing_figures(
    holding: Holding | None, returns: NDArray[np.float64]
) -> dict[str, float]:
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
        figures["bootstrap.p_drawdown_over_limit"] = paths.probability_of_drawdown_over(
            limit_pct
        )
    return figures
