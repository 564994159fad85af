"""The use cases: load, run, weigh, judge, record.

`Services` is what a door holds.  It sees Protocols and values; `bootstrap` alone
knows which concrete classes stand behind them.
"""

from orchestrator.services.answer import Answer
from orchestrator.services.readiness import Check, Readiness
from orchestrator.services.services import Services

__all__ = ["Answer", "Check", "Readiness", "Services"]
