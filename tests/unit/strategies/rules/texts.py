"""Random texts of the rules language, every one of them valid."""

from __future__ import annotations

import re

from hypothesis import strategies as st

COLUMNS = st.sampled_from(["open", "high", "low", "close", "volume"])
BARS = st.integers(2, 9)


def _of_series(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(
        ["sma", "ema", "wma", "rsi", "roc", "highest", "lowest", "stddev"]
    )
    return st.builds("{}({}, {})".format, names, _series(inner), BARS)


def _series(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    # What reads no bar is a constant, and no indicator takes one.
    return inner.filter(lambda text: re.search("[a-z]{2}", text))


def _of_bars() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(
            "{}({})".format, st.sampled_from(["atr", "adx", "cci", "vwap"]), BARS
        ),
        st.builds("{}({}, 3, 2)".format, st.sampled_from(["stoch_k", "stoch_d"]), BARS),
        st.just("obv()"),
    )


def numbers() -> st.SearchStrategy[str]:
    """Return texts of numbers."""
    leaves = st.one_of(
        COLUMNS,
        st.floats(0.0, 1e6, allow_nan=False).map(lambda value: f"{value:.6g}"),
        _of_bars(),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
            st.builds("-{}".format, inner),
            _of_series(inner),
            st.builds("shift({}, {})".format, _series(inner), st.integers(0, 5)),
            st.builds("macd({}, 3, 6, 2)".format, _series(inner)),
            st.builds("bbands_lower({}, 5, 1.5)".format, _series(inner)),
        ),
        max_leaves=4,
    )


def conditions() -> st.SearchStrategy[str]:
    """Return texts of conditions."""
    operators = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    leaves = st.one_of(
        st.builds("{} {} {}".format, _series(numbers()), operators, numbers()),
        st.builds("crosses_above({}, {})".format, _series(numbers()), numbers()),
        st.builds("crosses_below({}, {})".format, numbers(), _series(numbers())),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("not ({})".format, inner),
            st.builds("shift({}, {})".format, inner, st.integers(0, 3)),
        ),
        max_leaves=3,
    )
