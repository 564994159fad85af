"""The caller's own history of signals: would acting on it have paid?"""

from orchestrator.strategies.signals.cells import MAX_SIGNALS
from orchestrator.strategies.signals.definition import SIGNALS, SignalsParams
from orchestrator.strategies.signals.series import Signals

__all__ = ["MAX_SIGNALS", "SIGNALS", "Signals", "SignalsParams"]
