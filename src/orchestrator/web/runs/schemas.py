"""What the routes of runs answer."""

from __future__ import annotations

from orchestrator.ledger.values import Kind
from orchestrator.schemas.fields import Choice
from orchestrator.services.runs import Comparison
from orchestrator.web.answers import (
    AnswerSchema,
    column,
    count,
    many,
    mapping,
    optional_number,
    optional_text,
    text,
)

RUN_ID_PATTERN = "^[0-9a-f]{32}$"


class RunSummarySchema(AnswerSchema):
    """One recorded run."""

    sequence = count("Its place in the ledger")
    run_id = text("Its name", pattern=RUN_ID_PATTERN)
    time = text("When it was recorded", format="date-time")
    caller = text("Who asked")
    kind = Choice(Kind, required=True, description="What was recorded")
    source = text("Where its bars came from")
    symbol = text("What was traded")
    strategy = text("What decided")
    first = text("Time of the first bar", format="date-time")
    last = text("Time of the last bar", format="date-time")
    data_sha256 = text("Hash of the bars")
    engine_version = text("Version of qtos-core")
    verdict = optional_text("Its verdict; null without a gate")
    reasons = column("Why", {"type": "string"})
    trials = count("Trials of its caller on this data when it was judged")
    trials_everyone = count("Trials of all callers")
    metrics = mapping("Metrics that are defined", {"type": "number"}, required=True)


class RunPageSchema(AnswerSchema):
    """Runs, newest first."""

    runs = many(RunSummarySchema, "One page")
    next_cursor = optional_text("Where the next page begins; null on the last")


class DifferenceSchema(AnswerSchema):
    """One metric that came out otherwise."""

    metric = text("Its name")
    stored = optional_number("What was recorded; null where undefined")
    now = optional_number("What it is today; null where undefined")


class VerificationSchema(AnswerSchema):
    """A recorded run beside the same request run again on today's data."""

    run_id = text("The run")
    outcome = Choice(Comparison, required=True, description="How the two runs compare")
    stored_sha256 = text("Hash of the bars it was recorded on")
    now_sha256 = text("Hash of today's bars")
    stored_engine = text("Version it was recorded with")
    now_engine = text("Version of today")
    differences = many(DifferenceSchema, "Metrics that differ")
