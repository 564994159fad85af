"""The hooks that may be asked for by name: ours, and those of installed packages.

A package adds a hook by an entry point in the group ``qtos.advisors``,
``qtos.validators`` or ``qtos.observers`` whose value is a `HookDefinition`; the entry
point's name is the hook's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from orchestrator.hooks.advisors.cooldown import COOLDOWN
from orchestrator.hooks.advisors.regime_filter import REGIME_FILTER
from orchestrator.hooks.advisors.signal_delay import SIGNAL_DELAY
from orchestrator.hooks.base import HookDefinition, HookKind
from orchestrator.hooks.observers.exposure_log import EXPOSURE_LOG
from orchestrator.hooks.observers.trade_log import TRADE_LOG
from orchestrator.hooks.validators.daily_loss_limit import DAILY_LOSS_LIMIT
from orchestrator.hooks.validators.drawdown_guardian import DRAWDOWN_GUARDIAN
from orchestrator.hooks.validators.max_position import MAX_POSITION
from orchestrator.hooks.validators.max_trades import MAX_TRADES

BUILT_IN = (
    REGIME_FILTER,
    SIGNAL_DELAY,
    COOLDOWN,
    MAX_POSITION,
    DRAWDOWN_GUARDIAN,
    DAILY_LOSS_LIMIT,
    MAX_TRADES,
    TRADE_LOG,
    EXPOSURE_LOG,
)


class HookRegistrationError(ValueError):
    """An installed package offers something that is no hook of its group."""


@cache
def hooks_of(kind: HookKind) -> Mapping[str, HookDefinition]:
    """Return the hooks of a kind by name, looked for once a process.

    Raises
    ------
    HookRegistrationError
        If an entry point is no `HookDefinition` of this kind and its own name, or
        takes a name that is taken.
    """
    hooks = {hook.name: hook for hook in BUILT_IN if hook.kind is kind}
    for point in entry_points(group=kind.entry_points):
        if point.name in hooks:
            raise HookRegistrationError(f"{_origin(point)}: the name is taken")
        hooks[point.name] = _loaded(point, kind)
    return MappingProxyType(hooks)


def _loaded(point: EntryPoint, kind: HookKind) -> HookDefinition:
    hook = point.load()
    if not isinstance(hook, HookDefinition):
        raise HookRegistrationError(
            f"{_origin(point)}: {type(hook).__name__} is no HookDefinition"
        )
    if (hook.name, hook.kind) != (point.name, kind):
        raise HookRegistrationError(
            f"{_origin(point)}: it defines {hook.name!r} of {hook.kind.value}"
        )
    return hook


def _origin(point: EntryPoint) -> str:
    return f"entry point {point.name!r} in {point.group} ({point.value})"
