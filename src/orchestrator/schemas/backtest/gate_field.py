"""The `gate` of a request: conditions alone, or with a policy and own trials."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from orchestrator.errors import InvalidRequestError
from orchestrator.schemas.components import Component
from orchestrator.schemas.conditions import (
    LONGEST_CONDITION,
    MOST_CONDITIONS,
    MOST_TRIALS,
    parse_gate,
)
from orchestrator.schemas.fields import Text
from orchestrator.schemas.validation import nested
from orchestrator.spec import GateSpec

_CONDITION = {
    "type": "string",
    "description": "`metric op number`: a metric of `GET /metrics-catalogue`, "
    "`benchmark.` and such a name, or `evidence.` and a figure; op is one of > >= < <=",
    "pattern": "^ *[A-Za-z_][A-Za-z0-9_.]* *(?:>|>=|<|<=) *"
    "[+-]?[0-9]+(?:[.][0-9]*)?(?:[eE][+-]?[0-9]{1,2})? *$",
    "maxLength": LONGEST_CONDITION,
    "examples": ["sharpe_ratio > 0.5"],
}
_CONDITIONS = {
    "type": "array",
    "description": "All must be met",
    "items": {"$ref": "#/components/schemas/Condition"},
    "minItems": 1,
    "maxItems": MOST_CONDITIONS,
}
_OPTIONS = {
    "type": "object",
    "description": "Conditions, who judges them how, and after how many trials",
    "properties": {
        "conditions": _CONDITIONS,
        "policy": {
            "type": ["string", "null"],
            "description": "A policy of `GET /policies`; the operator's default if "
            "absent",
            "maxLength": 64,
            "examples": ["standard"],
        },
        "trials": {
            "type": ["integer", "null"],
            "description": "Trials made elsewhere included: raises the count of the "
            "ledger, never lowers it",
            "minimum": 1,
            "maximum": MOST_TRIALS,
            "examples": [20],
        },
    },
    "required": ["conditions"],
    "additionalProperties": False,
}
_GATE = {
    "anyOf": [_CONDITIONS, {"$ref": "#/components/schemas/GateOptions"}],
    "description": "Conditions the server judges",
    "examples": [["sharpe_ratio > 0.5", "max_drawdown_pct < 20"]],
}


class GateField(Component):
    """A gate, parsed where gates are judged."""

    def __init__(self, **kwargs: Any) -> None:
        parts = {"Condition": _CONDITION, "GateOptions": _OPTIONS}
        super().__init__("Gate", _GATE, parts=parts, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> GateSpec:
        try:
            return parse_gate(value, pointer="")
        except InvalidRequestError as error:
            raise ma.ValidationError(nested(error.places, error.detail)) from None


def condition_text() -> Text:
    """Return a field for one condition in a query."""
    return Text(
        maximum=LONGEST_CONDITION,
        description="A condition, such as `sharpe_ratio > 0.5`",
        example="sharpe_ratio > 0.5",
    )
