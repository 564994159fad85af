"""Rules: entry and exit written as expressions over bars and indicators."""

from orchestrator.strategies.rules.definition import RULES, RulesParams

__all__ = ["RULES", "RulesParams"]
