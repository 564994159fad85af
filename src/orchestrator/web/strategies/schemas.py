"""What the catalogue routes answer."""

from __future__ import annotations

from backtesting.metrics import Better
from backtesting.terms import Fill
from orchestrator.schemas.answers import AnswerSchema
from orchestrator.schemas.fields import Choice
from orchestrator.web.answers import (
    column,
    many,
    mapping,
    optional_number,
    optional_text,
    text,
)


class StrategySchema(AnswerSchema):
    """One registered strategy."""

    name = text("The `strategy_type` that asks for it")
    description = text("What it does")
    parameters = mapping("JSON Schema of its `strategy_params`", required=True)
    default_fill = Choice(
        Fill, required=True, description="Where its orders fill unless asked otherwise"
    )


class StrategyListSchema(AnswerSchema):
    """Every registered strategy."""

    strategies = many(StrategySchema, "In the order of the documentation")


class MetricSchema(AnswerSchema):
    """The declaration of one metric."""

    name = text("Its key in `metrics` and in conditions of a gate")
    unit = text("`%` is percent: 12.5 means 12.5 %")
    direction = Choice(Better, required=True, description="Which way it improves")
    definition = text("The formula in words")
    lowest = optional_number("No run has less; null if there is no such bound")
    highest = optional_number("No run has more; null if there is no such bound")
    undefined = optional_text("When it has no value; null if it always has one")
    reasons = column("Codes in `undefined_metrics`", {"type": "string"})
    source = text("Where the definition is published")


class MetricListSchema(AnswerSchema):
    """Every metric."""

    metrics = many(MetricSchema, "In the order of the documentation")
