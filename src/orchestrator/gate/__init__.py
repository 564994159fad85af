"""The gate: policies and the verdict.

`PolicyBook.choose` says by which rules, `judge` answers.  Whatever is missing,
undefined or unknown is never in favour of a pass.
"""

from orchestrator.gate.judged_condition import ConditionState, JudgedCondition
from orchestrator.gate.policies import RULES, Policy, Rule
from orchestrator.gate.policy_book import PolicyBook
from orchestrator.gate.policy_file import PolicyFileError
from orchestrator.gate.sufficiency import Needs, Reason, needs_of
from orchestrator.gate.verdict import Verdict, judge
from orchestrator.spec import Outcome

__all__ = [
    "RULES",
    "ConditionState",
    "JudgedCondition",
    "Needs",
    "Outcome",
    "Policy",
    "PolicyBook",
    "PolicyFileError",
    "Reason",
    "Rule",
    "Verdict",
    "judge",
    "needs_of",
]
