"""The simulation terms of a request: costs, sizing and exits."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from backtesting.terms import Costs, Exits, Sizing, SizingRule
from orchestrator.schemas.fields import Choice, Integer, Number


class FrozenSchema(ma.Schema):
    """Base of schemas that load into a frozen value; null means the default."""

    value: ClassVar[type]

    @ma.post_load
    def _to_value(self, data: dict[str, Any], **_: Any) -> Any:
        return self.value(**{k: v for k, v in data.items() if v is not None})


def _bps(description: str, example: float, maximum: float = 10_000.0) -> Number:
    return Number(
        minimum=0.0,
        maximum=maximum,
        load_default=0.0,
        description=f"{description}, in basis points",
        example=example,
    )


class CostsSchema(FrozenSchema):
    """What trading costs; nothing unless said."""

    value = Costs

    commission_bps = _bps("Commission on the traded value", 1.0)
    commission_per_share = Number(
        minimum=0.0,
        maximum=1e6,
        load_default=0.0,
        description="Commission per unit traded, in the quote currency",
        example=0.005,
    )
    commission_minimum = Number(
        minimum=0.0,
        maximum=1e9,
        load_default=0.0,
        description="Least commission of a fill, in the quote currency",
        example=1.0,
    )
    slippage_bps = _bps(
        "Distance of a fill's price from the bar's, against us", 2.0, maximum=9_999.0
    )
    borrow_bps_per_year = _bps("Yearly fee on the value of a short position", 50.0)


class SizingSchema(FrozenSchema):
    """How large an entry is; `quantity` of the request unless said."""

    value = Sizing

    rule = Choice(
        SizingRule,
        load_default=SizingRule.FIXED,
        description="`fixed` trades the request's quantity; the others read equity",
    )
    percent = Number(
        above=0.0,
        maximum=10_000.0,
        load_default=100.0,
        description="Percent of equity an entry is worth (`percent_of_equity`), or "
        "puts at risk up to its stop (`risk_per_trade`)",
        example=25.0,
    )
    volatility_pct = Number(
        above=0.0,
        maximum=10_000.0,
        load_default=10.0,
        description="Annualized volatility aimed at (`volatility_target`), in percent",
        example=15.0,
    )
    volatility_bars = Integer(
        minimum=2,
        maximum=100_000,
        load_default=20,
        description="Bars over which realized volatility is measured",
        example=20,
    )
    lot_size = Number(
        minimum=0.0,
        maximum=1e12,
        load_default=0.0,
        description="Quantities are cut down to a multiple of it; 0 allows fractions",
        example=1.0,
    )


def _percent(description: str, example: float, maximum: float) -> Number:
    return Number(
        above=0.0,
        maximum=maximum,
        load_default=None,
        allow_none=True,
        description=f"{description}, in percent; null for none",
        example=example,
    )


class ExitsSchema(FrozenSchema):
    """Rules that close a position by themselves.

    They watch every price after the entry: the whole bar of an entry at the open,
    and from the next bar after an entry at the close.
    """

    value = Exits

    stop_loss_pct = _percent("Loss from the entry's price that closes", 5.0, 100.0)
    take_profit_pct = _percent("Gain from the entry's price that closes", 10.0, 1e6)
    trailing_stop_pct = _percent("Fall from the best price since entry", 8.0, 100.0)
    max_holding_bars = Integer(
        minimum=1,
        maximum=1_000_000,
        load_default=None,
        allow_none=True,
        description="Bars after which a position is closed; null for none",
        example=20,
    )
