"""What the gate routes take and answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from orchestrator.gate import Outcome
from orchestrator.schemas.answers import AnswerSchema
from orchestrator.schemas.backtest.request import BacktestRequestSchema
from orchestrator.schemas.fields import Choice
from orchestrator.web.answers import (
    column,
    count,
    flag,
    many,
    one,
    optional_text,
    text,
)
from orchestrator.web.backtest.answers import REPORT
from orchestrator.web.backtest.verdicts import (
    JudgedConditionSchema,
    PolicyIdentitySchema,
    PolicyRulesSchema,
    WarningSchema,
)
from orchestrator.web.problems import ProblemErrorSchema

MOST_REQUESTS = 100


class ShortVerdictSchema(AnswerSchema):
    """A verdict in under a kilobyte."""

    run_id = text("The run that was judged; `GET /runs/{run_id}` has all of it")
    report_url = text(REPORT, required=False)
    verdict = Choice(Outcome, required=True, description="Act only on `pass`")
    policy = one(PolicyIdentitySchema, "What it was judged by")
    conditions = many(
        JudgedConditionSchema, "The conditions; those not met stay the longest"
    )
    reasons = column("Why, in plain words, with the cure", {"type": "string"})
    warning_codes = column(
        "The code of every warning of the run and the verdict, each once; never cut. "
        "Absent if there is none",
        {"type": "string"},
        required=False,
    )
    warnings = many(
        WarningSchema,
        "What is odd about the conditions, and what an enforced policy would miss",
        required=False,
    )
    omitted = count(
        "How many warnings, conditions and reasons were left out to stay short: those "
        "met go first. Absent if none; `GET /runs/{run_id}` has them all",
        required=False,
    )


class BatchProblemSchema(AnswerSchema):
    """Why one request of a batch has no verdict: a problem, as by itself."""

    type = text("Always `about:blank`: read `code` instead")
    title = text("The status in words")
    status = count("The HTTP status it would have had by itself")
    code = text("Stable name of the error")
    detail = text("What went wrong and what would cure it")
    errors = many(ProblemErrorSchema, "Each thing wrong", required=False)


class BatchResultSchema(AnswerSchema):
    """The result of one request of a batch: a verdict or a problem."""

    verdict = one(ShortVerdictSchema, "Its verdict", required=False)
    problem = one(BatchProblemSchema, "Why it has none", required=False)


class BatchAnswerSchema(AnswerSchema):
    """A result for every request of a batch."""

    results = many(BatchResultSchema, "In the order of the requests")


def batch_schema(body: BacktestRequestSchema) -> ma.Schema:
    """Return the schema of a batch, whose requests are loaded one by one."""
    requests = ma.fields.List(
        ma.fields.Nested(body),
        required=True,
        validate=ma.validate.Length(1, MOST_REQUESTS),
        metadata={"description": "Requests with a gate, each judged by itself"},
    )
    schema: type[ma.Schema] = type(
        "GateBatchSchema",
        (ma.Schema,),
        {"__doc__": "Several requests at once.", "__module__": __name__}
        | {"requests": requests, "load": _as_it_is},
    )
    return schema()


def _as_it_is(_self: ma.Schema, data: Any, **_: Any) -> Any:
    """Return `data`: the route checks it, request by request."""
    return data


class PolicySchema(AnswerSchema):
    """A policy, complete."""

    name = text("What a gate names it by")
    version = text("Its version")
    hash = text("SHA-256 of its rules")
    description = text("What it is for")
    measured = text("What it holds and what it does not, as measured; see docs/gate.md")
    rules = one(PolicyRulesSchema, "Its rules")
    allowed = flag("Whether the operator's floor lets a caller ask for it")


class PolicyListSchema(AnswerSchema):
    """Every policy a gate may name."""

    policies = many(PolicySchema, "In the order of their definition")
    default = text("What a gate without a policy is judged by")
    floor = optional_text("No caller may ask for a policy laxer than this one")
