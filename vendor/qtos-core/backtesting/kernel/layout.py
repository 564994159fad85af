"""Where each number of a simulation stands in the arrays the kernel works on.

The kernel keeps its state in flat float64 arrays, which cost nothing to hand to
compiled code: one vector for the account, one for the terms, and one column per
fill and per rejection.  Nothing outside the package reads them by position.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The account.
(
    CASH,
    POSITION,  # units, negative when short
    AVERAGE,  # average entry price of the position, slippage included
    EXTREME,  # best price the position has seen, for the trailing stop
    ENTRY_BAR,  # bar of the fill that opened the position
    EXPOSED_FROM,  # first bar whose whole range the position lives through
    BORROWED,  # borrow fees paid
    EMITTED,
    FILLED,
    REJECTED,
    EXPIRED,
    CUT,  # orders cut to the position or to what cash affords
    ROUNDED,  # orders cut down to whole lots
    MARGIN_CALLS,
) = range(14)
ACCOUNT_SIZE = 14

# The terms.  A rule that is off is infinite: a stop infinitely far away.
(
    NEXT_OPEN,  # 1 when orders fill at the next open, 0 at the close
    ALLOWED_SIDE,  # +1 long only, -1 short only, 0 both
    COMMISSION_RATE,
    COMMISSION_PER_SHARE,
    COMMISSION_MINIMUM,
    SLIPPAGE_RATE,
    BORROW_RATE,  # per bar
    SIZING_RULE,
    QUANTITY,
    FRACTION,
    TARGET_DEVIATION,  # standard deviation per bar aimed at
    DEVIATION_BARS,
    LOT,
    STOP_LOSS,
    TAKE_PROFIT,
    TRAILING_STOP,
    MAX_HOLDING,
) = range(17)
TERMS_SIZE = 17

# Sizing rules.
FIXED, PERCENT_OF_EQUITY, ALL_IN, RISK_PER_TRADE, VOLATILITY_TARGET = range(5)

# Rows of the fills and of the rejections; the first four are the same.
BAR, SIDE, UNITS, PRICE, COMMISSION, SLIPPAGE, FILL_REASON = range(7)
REJECTION_REASON, NEEDED, AVAILABLE = range(4, 7)
RECORD_SIZE = 7

# Why a fill happened, and why an order did not.
(
    ENTRY,
    EXIT,
    STOPPED,
    PROFIT_TAKEN,
    TRAILED,
    HELD_LONG_ENOUGH,
    MARGIN_CALLED,
) = range(7)
(
    NO_REASON,
    INSUFFICIENT_CASH,
    INSUFFICIENT_MARGIN,
    NO_POSITION,
    NO_NEXT_BAR,
    ZERO_QUANTITY,
    INVALID_QUANTITY,
    INVALID_LIMIT,
    LIMIT_EXPIRED,
    UNKNOWN_SYMBOL,
    REFUSED_BY_VALIDATOR,
) = range(11)

DUST = 1e-9
"""Share of an order or a lot under which what is left of it is rounding."""
MAINTENANCE_MARGIN = 0.3
"""A short is closed when equity falls under this part of its value (FINRA 4210)."""


class FillReason(StrEnum):
    """Why a fill happened, in the order of the codes above."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"
    TRAILING_STOP = "trailing_stop"
    MAX_HOLDING = "max_holding_bars"
    MARGIN_CALL = "margin_call"


class RejectionReason(StrEnum):
    """Why an order was not filled, in the order of the codes above."""

    NONE = "none"
    INSUFFICIENT_CASH = "insufficient_cash"
    INSUFFICIENT_MARGIN = "insufficient_margin"
    NO_POSITION = "no_position"
    NO_NEXT_BAR = "no_next_bar"
    ZERO_QUANTITY = "zero_quantity"
    INVALID_QUANTITY = "invalid_quantity"
    INVALID_LIMIT = "invalid_limit"
    LIMIT_EXPIRED = "limit_expired"
    UNKNOWN_SYMBOL = "unknown_symbol"
    REFUSED_BY_VALIDATOR = "refused_by_validator"


FILL_REASONS = tuple(FillReason)
REJECTION_REASONS = tuple(RejectionReason)


class Prices(NamedTuple):
    """The prices of all bars, and which are halted; no flags where none is."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    halted: NDArray[np.bool_]


class Quote(NamedTuple):
    """A price an order may fill at.

    `slippage` is a fraction of `price`; the position is in the market for the whole
    range of every bar from `exposed_from` on.
    """

    price: float
    slippage: float
    exposed_from: int


class Book(NamedTuple):
    """The account with its terms, and the record of what it did."""

    account: Floats
    terms: Floats
    fills: Floats
    rejections: Floats
