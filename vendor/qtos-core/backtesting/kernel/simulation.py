"""The compiled simulation: bars, targets or orders, and terms in, a record out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from backtesting.bars import Bars
from backtesting.kernel.closed_lots import LOT_SIZE, ClosedLots, match_fills
from backtesting.kernel.halts import deferred_plan, deferred_targets, halted_bars
from backtesting.kernel.layout import (
    ALLOWED_SIDE,
    BORROWED,
    EXPIRED,
    FILLED,
    RECORD_SIZE,
    REJECTED,
    Book,
    Floats,
    Prices,
)
from backtesting.kernel.ledger import open_ledger, outcome_of
from backtesting.kernel.loop import count_changes, run
from backtesting.kernel.order_loop import run_orders
from backtesting.kernel.order_plan import OrderPlan, PlanOutcome
from backtesting.kernel.packing import open_account, pack_terms
from backtesting.kernel.record import Fills, OrderCounts, Rejections, frozen, sealed
from backtesting.terms import Terms


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulation:
    """What a simulation did; every array is read-only.

    Parameters
    ----------
    bars : Bars
        The bars it ran over.
    terms : Terms
        The terms it ran under.
    equity, position : ndarray of shape (n_bars,)
        Cash plus position at the close, in money; units held after the close.
    fills : Fills
        Every fill.
    rejections : Rejections
        Every order that was not filled.
    account : ndarray
        The kernel's account at the end; read it through `counts` and
        `borrow_fees`.
    plan_outcome : PlanOutcome, optional
        What became of the orders of a plan; None where targets were run.
    delayed : int, default=0
        Decisions that waited, because nothing traded on the bar of their fill.
    """

    bars: Bars
    terms: Terms
    equity: Floats
    position: Floats
    fills: Fills
    rejections: Rejections
    account: Floats
    plan_outcome: PlanOutcome | None = None
    delayed: int = 0

    @cached_property
    def counts(self) -> OrderCounts:
        """What became of every order."""
        return OrderCounts.of(self.account)

    @property
    def borrow_fees(self) -> float:
        """What borrowing shares for shorts cost, in money."""
        return float(self.account[BORROWED])

    @cached_property
    def closed_lots(self) -> ClosedLots:
        """What was closed, matched first in, first out."""
        lots = np.empty((LOT_SIZE, len(self.fills)))
        rate = self.terms.costs.borrow_bps_per_year / 1e4 / self.terms.periods_per_year
        close = frozen(self.bars.close)
        count, trades = match_fills(self.fills.matrix, close, rate, lots)
        sealed(lots)
        return ClosedLots(lots[:, :count], trades)

    @property
    def total_costs(self) -> float:
        """Commissions, slippage and borrow fees, in money."""
        paid = self.fills.commission.sum() + self.fills.slippage.sum()
        return float(paid) + self.borrow_fees


def simulate(bars: Bars, targets: ArrayLike, terms: Terms) -> Simulation:
    """Simulate trading `target_positions` over `bars` under `terms`.

    Parameters
    ----------
    bars : Bars
        Checked bars.
    targets : array_like of shape (n_bars,)
        Target position decided at each close, in entries: 0 is flat, 1 one long
        entry, -1 one short.  Only a change of level emits orders.  TargetPositions on a
        side `terms.direction` forbids count as 0.
    terms : Terms
        Fill, costs, sizing, exits, direction.

    Returns
    -------
    Simulation
        See there.

    Raises
    ------
    ValueError
        If `target_positions` is not one finite number a bar, or a term is out of range.

    Notes
    -----
    A fixed quantity that cash cannot pay is rejected; a quantity worked out by
    another sizing rule is cut to what cash affords, and counted.  The equity that
    sizes an entry is that of the close it is decided on.  A short is opened when
    equity covers the whole of it, and closed when equity falls under 30 % of its
    value; only a gap over that price can leave less than nothing.
    """
    targets = frozen(np.ascontiguousarray(targets, dtype=np.float64))
    packed = pack_terms(terms)
    is_whole = targets.shape == bars.close.shape
    changes = count_changes(targets, packed[ALLOWED_SIDE]) if is_whole else -1
    if changes < 0:
        raise ValueError(
            f"targets must be {len(bars)} finite numbers, one a bar; "
            f"their shape is {targets.shape}"
        )
    targets, delayed = deferred_targets(bars, targets, packed)
    # A change emits two orders at most, and one rule at most closes what it opens.
    book = Book(
        account=open_account(terms.initial_cash),
        terms=packed,
        fills=np.empty((RECORD_SIZE, 3 * changes)),
        rejections=np.empty((RECORD_SIZE, 2 * changes)),
    )
    equity, position = np.empty((2, len(bars)))
    run(prices_of(bars), targets, book, equity, position)
    return conclude(bars, terms, book, equity, position, delayed=delayed)


def simulate_orders(bars: Bars, plan: OrderPlan, terms: Terms) -> Simulation:
    """Simulate the orders of `plan` over `bars` under `terms`.

    Parameters
    ----------
    bars : Bars
        Checked bars.
    plan : OrderPlan
        What is ordered, and which order closes which; orders decided after the last
        bar are none.
    terms : Terms
        Fill, costs, sizing, exits, direction.

    Returns
    -------
    Simulation
        With its `plan_outcome`.

    Raises
    ------
    ValueError
        If a term is out of range.

    Notes
    -----
    See `OrderPlan` for what an order asks for, and `simulate` for when it is cut or
    rejected.  Quantities are worked out at the close an order is decided on, as if
    the orders before it fill.
    """
    packed, orders = pack_terms(terms), len(plan)
    plan, delayed = deferred_plan(bars, plan, packed)
    # An order fills once at most, and one rule at most closes what it opens.
    book = Book(
        account=open_account(terms.initial_cash),
        terms=packed,
        fills=np.empty((RECORD_SIZE, 2 * orders)),
        rejections=np.empty((RECORD_SIZE, orders)),
    )
    ledger = open_ledger(orders)
    equity, position = np.empty((2, len(bars)))
    run_orders(prices_of(bars), plan.matrix, ledger, book, equity, position)
    outcome = outcome_of(ledger)
    return conclude(bars, terms, book, equity, position, outcome, delayed)


def conclude(
    bars: Bars,
    terms: Terms,
    book: Book,
    equity: Floats,
    position: Floats,
    plan_outcome: PlanOutcome | None = None,
    delayed: int = 0,
) -> Simulation:
    """Return the simulation a finished book records."""
    account = book.account
    refused = int(account[REJECTED] + account[EXPIRED])
    fills = np.ascontiguousarray(book.fills[:, : int(account[FILLED])])
    rejections = np.ascontiguousarray(book.rejections[:, :refused])
    for array in (equity, position, fills, rejections, account):
        sealed(array)
    return Simulation(
        bars=bars,
        terms=terms,
        equity=equity,
        position=position,
        fills=Fills(fills),
        rejections=Rejections(rejections),
        account=account,
        plan_outcome=plan_outcome,
        delayed=delayed,
    )


def prices_of(bars: Bars) -> Prices:
    """Return the prices of `bars` as the kernel takes them."""
    return Prices(
        open=frozen(bars.open),
        high=frozen(bars.high),
        low=frozen(bars.low),
        close=frozen(bars.close),
        halted=halted_bars(bars),
    )
