"""Technical indicators, wrapped once over TA-Lib.

Every function takes read-only float64 arrays of one length, oldest bar first, and
returns a new array of that length: the value on bar ``t`` is made of bars up to
``t``, and warm-up bars are NaN.

TA-Lib keeps one table of unstable periods for the whole process, all zero unless
somebody changes them; nobody here does, so calls from many threads agree.  With
zero, a recursive indicator (``ema``, ``rsi``, ``macd``, ``atr``, ``adx``) answers as
soon as it can, and its first values still remember where the data began: some three
to four times the period passes before that is under a percent.
"""

from orchestrator.strategies.indicators.of_bars import (
    adx,
    atr,
    cci,
    obv,
    stoch_d,
    stoch_k,
    vwap,
)
from orchestrator.strategies.indicators.of_series import (
    bands,
    bbands_lower,
    bbands_middle,
    bbands_upper,
    ema,
    highest,
    lowest,
    macd,
    macd_lines,
    macd_signal,
    roc,
    rsi,
    sma,
    stddev,
    wma,
)

__all__ = [
    "adx",
    "atr",
    "bands",
    "bbands_lower",
    "bbands_middle",
    "bbands_upper",
    "cci",
    "ema",
    "highest",
    "lowest",
    "macd",
    "macd_lines",
    "macd_signal",
    "obv",
    "roc",
    "rsi",
    "sma",
    "stddev",
    "stoch_d",
    "stoch_k",
    "vwap",
    "wma",
]
