"""The strategies that may be asked for by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from orchestrator.errors import Place, UnknownStrategyError
from orchestrator.parameters import nearest
from orchestrator.strategies.base import StrategyDefinition
from orchestrator.strategies.bollinger_reversion import BOLLINGER_REVERSION
from orchestrator.strategies.buy_and_hold import BUY_AND_HOLD
from orchestrator.strategies.donchian_breakout import DONCHIAN_BREAKOUT
from orchestrator.strategies.ema_cross import EMA_CROSS
from orchestrator.strategies.macd import MACD
from orchestrator.strategies.momentum import MOMENTUM
from orchestrator.strategies.rsi_reversion import RSI_REVERSION
from orchestrator.strategies.rules import RULES
from orchestrator.strategies.signals.definition import SIGNALS
from orchestrator.strategies.sma_cross import SMA_CROSS
from orchestrator.strategies.trend_filter import TREND_FILTER

_DEFINITIONS = (
    BUY_AND_HOLD,
    SMA_CROSS,
    EMA_CROSS,
    MACD,
    RSI_REVERSION,
    BOLLINGER_REVERSION,
    DONCHIAN_BREAKOUT,
    MOMENTUM,
    TREND_FILTER,
    SIGNALS,
    RULES,
)

STRATEGIES: Mapping[str, StrategyDefinition] = MappingProxyType(
    {definition.name: definition for definition in _DEFINITIONS}
)
"""Every strategy by its name, in the order the documentation lists them."""


def get_strategy(name: str) -> StrategyDefinition:
    """Return the strategy registered under `name`.

    Raises
    ------
    UnknownStrategyError
        If there is none; the message suggests the nearest name.
    """
    try:
        return STRATEGIES[name]
    except KeyError:
        detail = f"{name!r} is not a strategy{nearest(name, tuple(STRATEGIES))}"
        place = Place("/strategy_type", detail)
        raise UnknownStrategyError(detail, places=(place,)) from None
