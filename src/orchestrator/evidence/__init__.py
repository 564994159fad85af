"""Is it luck?  Pure statistics of one run, numpy and the standard library only.

`weigh` turns returns and positions into an `Evidence`.  One family of statistics
lives in one file: `sharpe` (errors), `psr` (and the track record it takes), `trials`
(many trials), `timing` (shifted positions), `bootstrap` (other paths) and `overfitting`
(many variants).  Ratios are per period unless a name ends in ``_ann``.
"""

from orchestrator.evidence.figures import FIGURE_NAMES, FIGURES, FigureDefinition
from orchestrator.evidence.findings import Evidence
from orchestrator.evidence.resampling import Bootstrap, BootstrapPlan, seed_of
from orchestrator.evidence.sample import SampleFacts
from orchestrator.evidence.timing import Holding
from orchestrator.evidence.trials import Trials
from orchestrator.evidence.weigh import weigh

__all__ = [
    "FIGURES",
    "FIGURE_NAMES",
    "Bootstrap",
    "BootstrapPlan",
    "Evidence",
    "FigureDefinition",
    "Holding",
    "SampleFacts",
    "Trials",
    "seed_of",
    "weigh",
]
