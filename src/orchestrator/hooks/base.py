"""What a hook is, and what it is told of the run it joins.

A hook is a callable of `backtesting.hooks`: an ``Advisor``, a ``Validator`` or an
``Observer``.  Beside that it may have

* ``on_bar(portfolio)``, called on every bar before any advisor;
* ``on_trade(trade, portfolio)``, called on every trade before any observer;
* ``shape(targets)``, of an advisor: called once, before the run, with the strategy's
  target positions, it returns those to trade;
* ``shape_plan(plan)``, the same for a strategy that decides with a plan of orders; an
  advisor with ``shape`` alone is refused to such a strategy;
* ``report()``, a mapping of JSON-ready values for the answer: what it changed,
  refused or saw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backtesting.bars import Bars
from backtesting.terms import Terms
from orchestrator.parameters import json_schema
from orchestrator.spec import HookParams


class HookKind(StrEnum):
    """Where a hook stands; also the request's field and the answer's."""

    ADVISORS = "advisors"
    VALIDATORS = "validators"
    OBSERVERS = "observers"

    @property
    def entry_points(self) -> str:
        """The group of entry points that adds hooks of this kind."""
        return f"qtos.{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookContext:
    """The run a hook joins.

    Parameters
    ----------
    bars : Bars
        All bars of the run.  Reading a bar after ``portfolio.bar_index`` is
        look-ahead, and a hook's own duty not to.
    terms : Terms
        What the run is simulated under.
    symbol : str
    """

    bars: Bars
    terms: Terms
    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDefinition:
    """One registered hook.

    Parameters
    ----------
    name : str
        The ``type`` that asks for it.
    kind : HookKind
    description : str
        One or two sentences for the documentation.
    params : type of HookParams
        Its parameters, fields made by `orchestrator.parameters.parameter`.
    build : callable
        ``build(params, context) -> hook``, a fresh one for every run.
    """

    name: str
    kind: HookKind
    description: str
    params: type[HookParams]
    build: Callable[[Any, HookContext], Callable[..., Any]]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the parameters."""
        return json_schema(self.params)
