"""The evidence about one run: a frozen record of what was found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.evidence.normal import quantile_above
from orchestrator.evidence.resampling import Bootstrap
from orchestrator.evidence.sample import SampleFacts
from orchestrator.evidence.sharpe import SharpeEstimate
from orchestrator.evidence.trials import Trials, sidak, sidak_single


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What was found, and why the rest was not.

    Parameters
    ----------
    sample : SampleFacts
    returns : int
        How many returns the sample has.
    periods_per_year : float
    trials : Trials
    sharpe : SharpeEstimate or None
        None where the Sharpe ratio is undefined.
    bootstrap : Bootstrap or None
        None where it was not asked for or is undefined.
    p_value_judged : float or None
        The p-value that the trials are to pay for; None where it is undefined.
    figures : Mapping of str to float
        Finite numbers by the names of `orchestrator.evidence.FIGURES`.
    undefined : Mapping of str to str
        For a figure that is missing, the reason's code.
    """

    sample: SampleFacts
    returns: int
    periods_per_year: float
    trials: Trials
    sharpe: SharpeEstimate | None
    bootstrap: Bootstrap | None
    p_value_judged: float | None
    figures: Mapping[str, float]
    undefined: Mapping[str, str]

    def psr_above(self, sharpe_ann: float) -> float | None:
        """Return the probability that the true ratio is above an annual one.

        After the trials: the best of them shows more than it has.
        """
        if self.sharpe is None:
            return None
        p_value = self.sharpe.p_value_above(
            sharpe_ann / math.sqrt(self.periods_per_year)
        )
        return 1.0 - sidak(p_value, trials=self.trials.used)

    def years_to_p_value(self, adjusted: float) -> float | None:
        """Return the further years that make the adjusted p-value this small.

        At the same Sharpe ratio and the same count of trials; None if no length of
        data would do.
        """
        if self.p_value_judged is None or not self.p_value_judged < 0.5:
            return None
        needed = quantile_above(sidak_single(adjusted, trials=self.trials.used))
        factor = (needed / quantile_above(self.p_value_judged)) ** 2
        years = self.sample.years or self.returns / self.periods_per_year
        more = years * (factor - 1.0)
        return max(more, 0.0) if math.isfinite(more) else None

    def to_json(self) -> dict[str, object]:
        """Return nested JSON of the defined figures and ``undefined``."""
        answer: dict[str, object] = {}
        for name, value in self.figures.items():
            outer, _, inner = name.rpartition(".")
            place = answer.setdefault(outer, {}) if outer else answer
            if isinstance(place, dict):
                place[inner] = value
        answer["undefined"] = dict(self.undefined)
        return answer
