"""Orders, trades and the equity curve of an answer, for the documentation."""

from __future__ import annotations

from orchestrator.backtest_runner.trades import ORDER_COUNTS
from orchestrator.schemas.answers import AnswerSchema
from orchestrator.web.answers import (
    column,
    count,
    many,
    number,
    optional_number,
    optional_text,
    text,
)

_NUMBER = {"type": "number"}
_MOMENT = {"type": "string", "format": "date-time"}


class RejectionSchema(AnswerSchema):
    """An order that did not fill, and why."""

    timestamp = text("When it was decided", format="date-time")
    symbol = text("What it was for")
    side = text("`buy` or `sell`", enum=["buy", "sell"])
    quantity = number("Units asked for")
    price = optional_number("The price it would have filled at", required=False)
    reason = text("Stable name of the reason", examples=["insufficient_cash"])
    needed = optional_number("What it needed, of cash or units", required=False)
    available = optional_number("What there was", required=False)


class OrdersSchema(AnswerSchema):
    """Every order: emitted = filled + rejected + expired."""

    emitted = count(ORDER_COUNTS["emitted"])
    filled = count(ORDER_COUNTS["filled"])
    rejected = count(ORDER_COUNTS["rejected"])
    expired = count(ORDER_COUNTS["expired"])
    cut = count(ORDER_COUNTS["cut"], required=False)
    rounded = count(ORDER_COUNTS["rounded"], required=False)
    margin_calls = count(ORDER_COUNTS["margin_calls"], required=False)
    rejections = many(RejectionSchema, "The first ten that did not fill")


class EquityCurveSchema(AnswerSchema):
    """Equity at bar closes, as columns."""

    timestamp = column("Time of each bar", _MOMENT)
    equity = column("Cash and position at the bar's close", _NUMBER)


class TradeSchema(AnswerSchema):
    """One closed lot: a part of an entry and the exit that closed it, by FIFO."""

    side = text("`long` or `short`", required=False)
    entry_time = text("When it was entered", required=False, format="date-time")
    exit_time = optional_text("When it was closed", required=False)
    quantity = number("Units", required=False)
    entry_price = number("Price paid or received", required=False)
    exit_price = optional_number("Price it was closed at", required=False)
    costs = number("Commission and slippage of both fills", required=False)
    pnl = number("Profit after costs", required=False)
    return_pct = number(
        "Profit over the entry's value, in percent; absent where that is nothing",
        required=False,
    )
    bars = count("Bars it was held", required=False)
    reason = text("Why it was closed", required=False)
    trade = count(
        "The trade it is of, counted from 1: all lots from flat to flat are one",
        required=False,
    )


class OrderSchema(AnswerSchema):
    """One order, filled or not."""

    timestamp = text("Time of the bar it filled on, or was refused on")
    symbol = text("What it was for")
    side = text("`buy` or `sell`", enum=["buy", "sell"])
    quantity = number("Units")
    price = optional_number("Price a unit, slippage included")
    status = text("What became of it", enum=["filled", "rejected", "expired"])
    reason = text("Why it was given, or why it did not fill")
    commission = number("Commission, in the quote currency", required=False)
    slippage = number("What slippage cost, in the quote currency", required=False)
    needed = optional_number("What it needed, of cash or units", required=False)
    available = optional_number("What there was", required=False)
