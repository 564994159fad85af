"""The gate: conditions, policies and the verdict.

`parse_gate` reads what a caller asks, `PolicyBook.choose` says by which rules, `judge`
answers.  Whatever is missing, undefined or unknown is never in favour of a pass.
"""

from orchestrator.gate.conditions import (
    KNOWN_NAMES,
    parse_condition,
    parse_conditions,
    parse_gate,
)
from orchestrator.gate.judged_condition import JudgedCondition, State
from orchestrator.gate.policies import RULES, Policy, Rule
from orchestrator.gate.policy_book import PolicyBook
from orchestrator.gate.policy_file import PolicyFileError
from orchestrator.gate.sufficiency import Needs, Reason, needs_of
from orchestrator.gate.verdict import Outcome, Verdict, judge

__all__ = [
    "KNOWN_NAMES",
    "RULES",
    "JudgedCondition",
    "Needs",
    "Outcome",
    "Policy",
    "PolicyBook",
    "PolicyFileError",
    "Reason",
    "Rule",
    "State",
    "Verdict",
    "judge",
    "needs_of",
    "parse_condition",
    "parse_conditions",
    "parse_gate",
]
