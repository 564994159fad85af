"""The hooks of one run, as the event loop takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backtesting import Advisor, Observer, OrderPlan, Trade, Validator
from orchestrator.errors import InvalidRequestError
from orchestrator.hooks.base import HookContext, HookKind
from orchestrator.hooks.registry import hooks_of
from orchestrator.spec import BacktestSpec, HookSpec
from qtos_core import Event, Portfolio, Signal

TargetPositions = NDArray[np.float64]
Built = Mapping[HookKind, Sequence[tuple[HookSpec, Any]]]


class RunHooks:
    """Freshly built hooks; open them with `open_hooks`.

    Give `advisors`, `validators` and `observers` to a `BacktestEngine` that replays
    the targets `shaped` returns, run it once, then ask for `report`.
    """

    def __init__(
        self, built: Mapping[HookKind, Sequence[tuple[HookSpec, Any]]]
    ) -> None:
        self._built = built
        hooks = [hook for kind in HookKind for _, hook in built[kind]]
        self.count = len(hooks)
        self.advisors: tuple[Advisor, ...] = (
            _EveryBar(_methods(hooks, "on_bar")),
            *(hook for _, hook in built[HookKind.ADVISORS]),
        )
        self.validators: tuple[Validator, ...] = tuple(
            hook for _, hook in built[HookKind.VALIDATORS]
        )
        self.observers: tuple[Observer, ...] = (
            _EveryTrade(_methods(hooks, "on_trade")),
            *(hook for _, hook in built[HookKind.OBSERVERS]),
        )
        self._shapers = tuple(
            (asked.type, hook)
            for asked, hook in built[HookKind.ADVISORS]
            if hasattr(hook, "shape") or hasattr(hook, "shape_plan")
        )

    def shaped(self, targets: TargetPositions) -> TargetPositions:
        """Return the strategy's targets after every advisor's ``shape``."""
        for name, hook in self._shapers:
            targets = _shaping(name, hook, "shape", "target positions")(targets)
        return targets

    def shaped_plan(self, plan: OrderPlan) -> OrderPlan:
        """Return the strategy's orders after every advisor's ``shape_plan``.

        Raises
        ------
        InvalidRequestError
            If an advisor can shape targets alone.
        """
        for name, hook in self._shapers:
            plan = _shaping(name, hook, "shape_plan", "orders of signals")(plan)
        return plan

    def report(self) -> dict[str, list[dict[str, object]]]:
        """Return, by kind and in order, what each hook was and what it did."""
        return {
            kind.value: [_reported(spec, hook) for spec, hook in self._built[kind]]
            for kind in HookKind
            if self._built[kind]
        }


def open_hooks(spec: BacktestSpec, context: HookContext) -> RunHooks | None:
    """Return the hooks a spec asks for, or None when it asks for none."""
    if not (spec.advisors or spec.validators or spec.observers):
        return None
    asked = {
        HookKind.ADVISORS: spec.advisors,
        HookKind.VALIDATORS: spec.validators,
        HookKind.OBSERVERS: spec.observers,
    }
    return RunHooks(
        {
            kind: [
                (hook, hooks_of(kind)[hook.type].build(hook.params, context))
                for hook in hooks
            ]
            for kind, hooks in asked.items()
        }
    )


class _EveryBar:
    """An advisor that changes nothing and tells others of the bar."""

    def __init__(self, told: Sequence[Callable[[Portfolio], None]]) -> None:
        self._told = told

    def __call__(
        self,
        signals: list[Signal],
        _event: Event,
        portfolio: Portfolio,
        /,
    ) -> Sequence[Signal]:
        for tell in self._told:
            tell(portfolio)
        return signals


class _EveryTrade:
    """An observer that tells hooks of other kinds of the trade."""

    def __init__(self, told: Sequence[Callable[[Trade, Portfolio], None]]) -> None:
        self._told = told

    def __call__(self, trade: Trade, portfolio: Portfolio, /) -> None:
        for tell in self._told:
            tell(trade, portfolio)


def _methods(hooks: Sequence[object], name: str) -> tuple[Callable[..., Any], ...]:
    return tuple(getattr(hook, name) for hook in hooks if hasattr(hook, name))


def _shaping(name: str, hook: Any, method: str, what: str) -> Callable[..., Any]:
    shape: Callable[..., Any] | None = getattr(hook, method, None)
    if shape is None:
        detail = f"{name!r} cannot shape the {what}: it has no {method}"
        raise InvalidRequestError.at("/advisors", detail)
    return shape


def _reported(spec: HookSpec, hook: object) -> dict[str, object]:
    report = getattr(hook, "report", None)
    return {
        "type": spec.type,
        "params": {
            declared.name: getattr(spec.params, declared.name)
            for declared in fields(spec.params)
        },
        "report": {} if report is None else dict(report()),
    }
