"""The fields that the body and the query of ``/backtest`` have in common."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from backtesting.terms import Direction, Fill
from orchestrator.schemas.backtest.gate_field import condition_text
from orchestrator.schemas.backtest.period_field import PeriodField
from orchestrator.schemas.backtest.source_field import SourceField
from orchestrator.schemas.conditions import MOST_CONDITIONS
from orchestrator.schemas.fields import (
    Choice,
    Instant,
    Many,
    Number,
    Text,
)
from orchestrator.spec import (
    MAX_SYMBOL,
    SYMBOL_PATTERN,
    Adjust,
    DataSource,
    Include,
    OnBadData,
)

DEFAULT_STRATEGY = "buy_and_hold"


def symbol_field(description: str, **kwargs: Any) -> Text:
    """Return a field for a symbol."""
    return Text(
        pattern=f"^{SYMBOL_PATTERN}$",
        rule="must begin with a letter, a digit or one of ^ @ # $ and go on with these "
        "or . = _ - + / : & ! without two dots in a row",
        maximum=MAX_SYMBOL,
        description=description,
        example="SPY",
        **kwargs,
    )


class FlatSchema(ma.Schema):
    """The fields that a body and a query have in common."""

    symbol = symbol_field(
        "Symbol whose bars are traded, in any case", load_default="SPY"
    )
    data_source = SourceField(
        load_default=DataSource.CSV.value,
        description="Where the bars come from; `inline` takes them from `bars`, and "
        "installed packages may add others",
    )
    csv_path = Text(
        maximum=1024,
        load_default=None,
        allow_none=True,
        description="A file under the data folder, relative to it and never outside; "
        "without it `<SYMBOL>.csv`, with - for a slash. Only with data_source `csv`",
        example="sp500.csv",
    )
    initial_cash = Number(
        above=0.0,
        load_default=100_000.0,
        description="Starting cash, in the quote currency",
        example=100_000,
    )
    quantity = Number(
        above=0.0,
        load_default=50.0,
        description="Units of one entry under sizing `fixed`; fractions are allowed",
        example=50,
    )
    period = PeriodField(
        load_default=None,
        allow_none=True,
        description="Calendar span that ends now (data_service) or at the last bar "
        "(csv, inline): Nd, Nwk, Nmo, Ny, ytd or max, in any case. Default 1y for "
        "data_service, max otherwise",
        example="6mo",
    )
    start = Instant(
        load_default=None,
        allow_none=True,
        description="First instant of the window, included: a date or an RFC 3339 "
        "date-time from 1700 to 2199; UTC unless it has an offset",
        example="2015-01-01",
    )
    end = Instant(
        load_default=None,
        allow_none=True,
        description="End of the window, excluded; spelled like `start`",
        example="2020-01-01",
    )
    fill = Choice(
        Fill,
        load_default=None,
        allow_none=True,
        description="Where an order fills: the close of the bar it was decided on, or "
        "the next bar's open. The default is the strategy's own",
    )
    direction = Choice(
        Direction,
        load_default=Direction.LONG,
        description="Which sides of the market may be taken",
    )
    periods_per_year = Number(
        minimum=1.0,
        maximum=366.0 * 24 * 60 * 60,
        load_default=None,
        allow_none=True,
        description="Bars that make a year, for annualizing; inferred by default",
        example=252,
    )
    risk_free_rate = Number(
        minimum=-0.5,
        maximum=1.0,
        load_default=0.0,
        description="Annual effective rate, as a fraction",
        example=0.02,
    )
    adjust = Choice(
        Adjust,
        load_default=Adjust.NONE,
        description="Whether prices are scaled to an adjusted close beside them",
    )
    on_bad_data = Choice(
        OnBadData,
        load_default=OnBadData.RAISE,
        description="Refuse bars that break the bar contract, or drop and count them",
    )
    include = Many(
        Choice(Include, description="A part of the answer"),
        maximum=20,
        load_default=(),
        description="Parts of the answer that are left out unless asked for; in a "
        "query, repeat the parameter or separate them by commas",
    )


class BacktestQuerySchema(FlatSchema):
    """The query of ``GET /backtest``: named here, checked by the body's schema."""

    def load(self, data: Any, **_: Any) -> Any:
        """Return `data` as it is."""
        return data

    strategy_type = Text(
        maximum=64,
        load_default=DEFAULT_STRATEGY,
        description="A registered strategy, with its default parameters",
        example=DEFAULT_STRATEGY,
    )
    gate = Many(
        condition_text(),
        maximum=MOST_CONDITIONS,
        load_default=None,
        description="Conditions the server judges, such as `sharpe_ratio > 0.5`; "
        "repeat the parameter for more, or separate them by commas",
    )
