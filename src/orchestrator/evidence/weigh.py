"""Weigh a run: everything that bears on whether its result could be luck."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.evidence.annualized import (
    best_bar_figures,
    bootstrap_figures,
    excess_figures,
    luck_figures,
    sharpe_figures,
    timing_figures,
    track_record_figures,
    trial_figures,
)
from orchestrator.evidence.figures import FIGURE_NAMES
from orchestrator.evidence.findings import Evidence
from orchestrator.evidence.resampling import Bootstrap, BootstrapPlan, bootstrap
from orchestrator.evidence.sample import SampleFacts
from orchestrator.evidence.sharpe import (
    SharpeEstimate,
    UndefinedStatisticError,
    estimate_sharpe,
)
from orchestrator.evidence.timing import Holding
from orchestrator.evidence.trials import Trials

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Figures = dict[str, float]


def _below(*prefixes: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in FIGURE_NAMES if name.startswith(prefixes)))


TIMING = ("timing.p_value",)
EXCESS = ("timing.p_value_excess",)
BEST_BAR = ("p_value_without_best_bar",)
JUDGED = ("haircut_sharpe_ann", "p_value_adjusted", "p_value_spent")
TRACK_RECORD = _below("min_trl_")
BOOTSTRAP = _below("bootstrap.")
HORIZON_YEARS = 3.0
"""The longest time over which a drawdown must be improbable."""
SHARPE = tuple(
    sorted(
        FIGURE_NAMES.difference(_below("sample.", "trials", "timing.", "bootstrap."))
    )
)


def weigh(
    returns: NDArray[np.float64],
    *,
    periods_per_year: float,
    sample: SampleFacts,
    trials: Trials,
    risk_free_rate: float = 0.0,
    holding: Holding | None = None,
    plan: BootstrapPlan | None = None,
    drawdown_limit_pct: float | None = None,
) -> Evidence:
    """Weigh the returns of a run.

    Parameters
    ----------
    returns : ndarray of shape (n_periods,)
        Simple returns per period as fractions, the first from the initial cash to
        the first bar.
    periods_per_year : float
        Positive.
    sample : SampleFacts
    trials : Trials
        How often the caller tried, this run included.
    risk_free_rate : float, default=0.0
        Annual, effective.  A negative one counts as 0: it would turn idle cash into
        skill.
    holding : Holding, optional
        What was held, for the timing test.
    plan : BootstrapPlan, optional
        Resample as well.
    drawdown_limit_pct : float, optional
        What the bootstrap's probability of a deeper drawdown is about.

    Returns
    -------
    Evidence
        A statistic without a value is missing from `figures` and has its reason in
        `undefined`: a sample that says nothing never gets a favourable number.
    """
    found = _Found(_counts(returns.size, sample, trials))
    per_period = (1.0 + max(risk_free_rate, 0.0)) ** (1.0 / periods_per_year) - 1.0
    estimate, paths = None, None
    try:
        estimate = estimate_sharpe(returns, risk_free_per_period=per_period)
    except UndefinedStatisticError as error:
        asked = BOOTSTRAP if plan is not None else ()
        found.lack((*SHARPE, *TIMING, *EXCESS, *asked), error.reason)
    else:
        found.add_statistics(estimate, periods_per_year)
        found.attempt(BEST_BAR, lambda: best_bar_figures(returns, per_period))
        found.attempt(TIMING, lambda: timing_figures(holding, returns))
        found.attempt(EXCESS, lambda: excess_figures(holding, returns))
        found.judge(estimate, holding, trials, periods_per_year)
        paths = found.resample(plan, returns, per_period, periods_per_year)
    if paths is not None:
        found.figures |= bootstrap_figures(paths, periods_per_year, drawdown_limit_pct)
    found.drop_what_is_not_finite()
    return Evidence(
        sample=sample,
        returns=returns.size,
        periods_per_year=periods_per_year,
        trials=trials,
        sharpe=estimate,
        bootstrap=paths,
        p_value_judged=found.p_value_judged,
        figures=MappingProxyType(found.figures),
        undefined=MappingProxyType(found.undefined),
    )


@dataclass(slots=True)
class _Found:
    """Figures as they come in, and reasons for those that do not."""

    figures: Figures
    undefined: dict[str, str] = field(default_factory=dict)
    p_value_judged: float | None = None

    def lack(self, names: Iterable[str], reason: str) -> None:
        self.undefined |= dict.fromkeys(names, reason)

    def attempt(self, names: Iterable[str], compute: Callable[[], Figures]) -> None:
        try:
            self.figures |= compute()
        except UndefinedStatisticError as error:
            self.lack(names, error.reason)

    def drop_what_is_not_finite(self) -> None:
        odd = [name for name, value in self.figures.items() if not math.isfinite(value)]
        self.lack(odd, "overflow")
        for name in odd:
            del self.figures[name]

    def add_statistics(self, estimate: SharpeEstimate, periods_per_year: float) -> None:
        self.figures |= sharpe_figures(estimate, periods_per_year)
        self.figures |= luck_figures(estimate)
        self.attempt(
            TRACK_RECORD, lambda: track_record_figures(estimate, periods_per_year)
        )

    def judge(
        self,
        estimate: SharpeEstimate,
        holding: Holding | None,
        trials: Trials,
        periods_per_year: float,
    ) -> None:
        """Choose the p-value the gate judges by, and let the trials cost it.

        What was earned beyond the drift must be shown too, and where it is undefined
        it is not; who only buys and holds, or whose positions are unknown, is judged
        by the ratio alone.
        """
        p_value: float | None = self.figures["p_value"]
        if holding is not None and holding.claims_timing:
            excess = self.figures.get(EXCESS[0])
            p_value = None if excess is None else max(self.figures["p_value"], excess)
        if p_value is None:
            self.lack(JUDGED, self.undefined[EXCESS[0]])
        self.p_value_judged = p_value
        self.figures |= trial_figures(estimate, p_value, trials, periods_per_year)

    def resample(
        self,
        plan: BootstrapPlan | None,
        returns: NDArray[np.float64],
        per_period: float,
        periods_per_year: float,
    ) -> Bootstrap | None:
        if plan is None:
            return None
        try:
            return bootstrap(
                returns,
                plan,
                risk_free_per_period=per_period,
                horizon=math.ceil(HORIZON_YEARS * periods_per_year),
            )
        except UndefinedStatisticError as error:
            self.lack(BOOTSTRAP, error.reason)
            return None


def _counts(returns: int, sample: SampleFacts, trials: Trials) -> dict[str, float]:
    figures: dict[str, float] = {
        "sample.returns": returns,
        "sample.years": sample.years,
        "sample.closed_trades": sample.closed_trades,
        "sample.losing_trades": sample.losing_trades,
        "sample.missing_pct": sample.missing_pct,
        "trials": trials.used,
    }
    if trials.counted is not None:
        figures["trials_counted"] = trials.counted
    if trials.all_callers is not None:
        figures["trials_all_callers"] = trials.all_callers
    return figures
