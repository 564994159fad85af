"""The body of ``/backtest``: a union over the strategies, loaded into a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import orjson

from backtesting.timetable import BarLabel
from orchestrator.schemas import json_pieces
from orchestrator.schemas.backtest.file_fields import (
    ColumnNames,
    date_format_field,
    zone_field,
)
from orchestrator.schemas.backtest.flat import (
    DEFAULT_STRATEGY,
    FlatSchema,
    symbol_field,
)
from orchestrator.schemas.backtest.gate_field import GateField
from orchestrator.schemas.backtest.hook_field import hook_fields
from orchestrator.schemas.backtest.inline import InlineBars
from orchestrator.schemas.backtest.specs import check, spec_of
from orchestrator.schemas.backtest.terms import CostsSchema, ExitsSchema, SizingSchema
from orchestrator.schemas.components import Params
from orchestrator.schemas.fields import (
    Choice,
    Constant,
    Integer,
    Number,
    Text,
)
from orchestrator.schemas.unions import UnionSchema
from orchestrator.spec import BacktestSpec
from orchestrator.strategies.base import StrategyDefinition


class BodySchema(FlatSchema):
    """Base of the branches of `BacktestRequest`: one a strategy."""

    costs = ma.fields.Nested(
        CostsSchema, metadata={"description": "What trading costs"}
    )
    sizing = ma.fields.Nested(
        SizingSchema, metadata={"description": "How large an entry is"}
    )
    exits = ma.fields.Nested(
        ExitsSchema, metadata={"description": "Rules that close a position"}
    )
    benchmark = symbol_field(
        "Symbol to compare with; by default the same bars, bought and held",
        load_default=None,
        allow_none=True,
    )
    bars = InlineBars(
        load_default=None,
        allow_none=True,
        description="The bars themselves; with data_source `inline` only",
    )
    gate = GateField(
        load_default=None,
        allow_none=True,
        description="Conditions the server judges; without one there is no verdict",
    )
    max_points = Integer(
        minimum=3,
        maximum=1_000_000,
        load_default=None,
        allow_none=True,
        description="Most points of the equity curve; the shape is kept",
        example=500,
    )
    calendar = Text(
        pattern="^[A-Za-z0-9][A-Za-z0-9_/-]{0,31}$",
        rule="must be the name of an exchange calendar, such as XNYS or 24/7",
        maximum=32,
        load_default=None,
        allow_none=True,
        description="Exchange calendar the bars are checked against, or 24/7; "
        "inferred by default",
        example="XNYS",
    )
    bar_label = Choice(
        BarLabel,
        load_default=None,
        allow_none=True,
        description="Whether bars are labelled by their start or their end; recognised "
        "by default",
        example="start",
    )
    columns = ColumnNames(
        load_default=None,
        allow_none=True,
        description="Names of columns in the file, by what they hold. Only with "
        "data_source `csv`",
    )
    timezone = zone_field()
    date_format = date_format_field()
    max_age_days = Number(
        above=0.0,
        maximum=100_000.0,
        load_default=None,
        allow_none=True,
        description="Age of the last bar beyond which the answer warns `old_data`",
        example=5,
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check(data)

    @ma.post_load
    def _to_spec(self, data: dict[str, Any], **_: Any) -> Any:
        return spec_of(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A checked request, and the canonical JSON it can be read from again."""

    spec: BacktestSpec
    document: bytes


class BacktestRequestSchema(UnionSchema):
    """A backtest: one shape a strategy."""

    discriminator = "strategy_type"
    default = DEFAULT_STRATEGY

    def __init__(self, branches: Mapping[str, ma.Schema]) -> None:
        super().__init__()
        self.branches = branches

    def load_body(self, body: Mapping[str, Any]) -> Request:
        """Return the request of `body`; see `UnionSchema.load_body`."""
        spec: BacktestSpec = super().load_body(body)
        return Request(spec=spec, document=json_pieces.dumps(dict(body)))

    def reload(self, document: bytes) -> BacktestSpec:
        """Return the spec of a request's canonical JSON.

        Raises
        ------
        InvalidRequestError
            If today's rules refuse what an earlier version took.
        """
        spec: BacktestSpec = super().load_body(orjson.loads(document))
        return spec


def request_schema(
    strategies: Mapping[str, StrategyDefinition],
) -> BacktestRequestSchema:
    """Return the schema of a body: a union over the registered strategies."""
    return BacktestRequestSchema(
        {name: _branch(definition)() for name, definition in strategies.items()}
    )


def _branch(definition: StrategyDefinition) -> type[BodySchema]:
    default = definition.name == DEFAULT_STRATEGY
    words = "".join(word.capitalize() for word in definition.name.split("_"))
    kind = Constant(
        definition.name,
        description="Which strategy decides",
        **({"load_default": definition.name} if default else {"required": True}),
    )
    params = Params(
        definition.params,
        description="Parameters of the strategy",
        **_presence(definition),
    )
    members = {
        "__doc__": f"A backtest of `{definition.name}`. {definition.description}",
        "__module__": __name__,
        "strategy_type": kind,
        "strategy_params": params,
        "definition": definition,
        **hook_fields(),
    }
    return type(f"{words}BacktestSchema", (BodySchema,), members)


def _presence(definition: StrategyDefinition) -> dict[str, Any]:
    if definition.schema().get("required"):
        return {"required": True}
    return {"load_default": definition.params(), "published_default": {}}
