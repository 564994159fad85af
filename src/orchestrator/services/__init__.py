"""The use cases: load, run, weigh, judge, record.

`Services` is what a door holds.  It sees Protocols and values; `bootstrap` alone
knows which concrete classes stand behind them.
"""

from orchestrator.services.answer import Answer, Unchanged
from orchestrator.services.backtests import Backtests
from orchestrator.services.data import Data
from orchestrator.services.prepared import Asked
from orchestrator.services.readiness import Readiness, ReadinessCheck
from orchestrator.services.runs import Comparison, Difference, Runs, Verification
from orchestrator.services.services import Services

__all__ = [
    "Answer",
    "Asked",
    "Backtests",
    "Comparison",
    "Data",
    "Difference",
    "Readiness",
    "ReadinessCheck",
    "Runs",
    "Services",
    "Unchanged",
    "Verification",
]
