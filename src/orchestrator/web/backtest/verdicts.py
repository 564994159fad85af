"""The verdict, the evidence and the event study, for the documentation."""

from __future__ import annotations

from typing import Any

from orchestrator.evidence import FIGURES
from orchestrator.gate import ConditionState, Outcome
from orchestrator.gate.policies import RULES
from orchestrator.schemas.answers import AnswerSchema, answer_schema
from orchestrator.schemas.fields import Choice, Declared
from orchestrator.spec import AnswerWarning
from orchestrator.web.answers import (
    column,
    flag,
    many,
    mapping,
    number,
    one,
    text,
)

WarningSchema = answer_schema(AnswerWarning)


_JSON_OF: dict[type, dict[str, Any]] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    tuple: {"type": "array", "items": {"type": "string"}},
}
PolicyRulesSchema: type[AnswerSchema] = type(
    "PolicyRulesSchema",
    (AnswerSchema,),
    {
        "__doc__": "The rules of a policy.",
        "__module__": __name__,
        "enforced": flag("Whether the rules are judged, or only warned of"),
        **{
            rule.name: Declared(
                _JSON_OF[rule.kind], description=rule.definition, required=True
            )
            for rule in RULES
        },
    },
)


class PolicyIdentitySchema(AnswerSchema):
    """By which policy a verdict was reached."""

    name = text("Its name")
    version = text("Its version")
    hash = text("SHA-256 of its rules")
    rules = one(PolicyRulesSchema, "Its rules", required=False)


_OPERATORS: dict[str, Any] = {
    "enum": [">", ">=", "<", "<="],
    # What generators of clients call them.
    "x-enum-varnames": [
        "GREATER_THAN",
        "GREATER_OR_EQUAL",
        "LESS_THAN",
        "LESS_OR_EQUAL",
    ],
}


class JudgedConditionSchema(AnswerSchema):
    """A condition and what became of it."""

    metric = text("The figure compared")
    op = text("The operator", **_OPERATORS)
    threshold = number("The number it was compared with")
    met = flag("Whether it is met; never for an undefined figure")
    value = number("The figure; absent where undefined", required=False)
    margin = number("By how much it is met; negative if missed", required=False)
    undefined = text("Why there is no figure", required=False)
    state = Choice(
        ConditionState,
        description="What a confidence interval says, where there is one",
    )


class VerdictSchema(AnswerSchema):
    """The server's verdict on the conditions asked."""

    verdict = Choice(Outcome, required=True, description="Act only on `pass`")
    recorded_verdict = Choice(
        Outcome, description="What was said by a policy that is `refused` today"
    )
    policy = one(PolicyIdentitySchema, "What it was judged by")
    conditions = many(JudgedConditionSchema, "Each condition")
    reasons = column("Why, in plain words, with the cure", {"type": "string"})
    warnings = many(
        WarningSchema, "What an enforced policy would have missed", required=False
    )


def _figure_groups() -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {"": {}}
    for figure in FIGURES:
        outer, _, inner = figure.name.rpartition(".")
        field = number(f"{figure.definition} [{figure.unit}]", required=False)
        groups.setdefault(outer, {})[inner] = field
    return groups


def _evidence_schema() -> type[AnswerSchema]:
    groups = _figure_groups()
    fields = groups.pop("")
    for name, inner in groups.items():
        schema = type(
            f"Evidence{name.capitalize()}Schema",
            (AnswerSchema,),
            {
                "__doc__": f"Figures of the evidence on its {name}.",
                "__module__": __name__,
                **inner,
            },
        )
        fields[name] = one(schema, f"Figures on the {name}", required=False)
    fields["undefined"] = mapping("Why other figures have no value", {"type": "string"})
    return type(
        "EvidenceSchema",
        (AnswerSchema,),
        {
            "__doc__": "How much of the result could be luck.",
            "__module__": __name__,
            **fields,
        },
    )


EvidenceSchema = _evidence_schema()
