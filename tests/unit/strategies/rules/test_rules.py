"""The rules language: what is read, what it means, and what is refused where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting import Bars, Direction, Terms
from orchestrator.errors import InvalidRequestError
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.strategies.base import Decision
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.strategies.rules import RulesParams
from orchestrator.strategies.rules.built import MAX_DEPTH, MAX_NODES, RuleError
from orchestrator.strategies.rules.evaluate import Evaluation
from orchestrator.strategies.rules.names import FUNCTIONS, INDICATORS
from orchestrator.strategies.rules.parse import MAX_LENGTH, parse
from tests.unit.strategies.bar_makers import closes, random_bars
from tests.unit.strategies.rules.texts import conditions

RULES = STRATEGIES["rules"]


def decide(bars: Bars, entry: str, leave: str | None = None, **terms: Any) -> Decision:
    raw = {"entry": entry, "exit": leave}
    params = load(RULES.params, raw, under=STRATEGY_PARAMS)
    return RULES.decide(bars, params, Terms(**terms))


def holds(text: str, bars: Bars) -> list[bool]:
    node = parse(text).condition()
    answer: list[bool] = Evaluation(bars, node).condition(node).tolist()
    return answer


class TestMeaning:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("close > 2", "..11."),
            ("close >= 2", ".1111"),
            ("close == 2", ".1..1"),
            ("close != 2", "1.11."),
            ("close < 3 and close > 1", ".1..1"),
            ("close < 2 or close > 3", "1..1."),
            ("not close > 2", "11..1"),
            ("not close > 2 and close == 2", ".1..1"),
            ("1 < close <= 3", ".11.1"),
            ("close + 1 * 2 == 4", ".1..1"),
            ("(close + 1) * 2 == 6", ".1..1"),
            ("close - 1 - 1 == 0", ".1..1"),
            ("8 / close / 2 == 2", ".1..1"),
            ("-close < -2", "..11."),
            ("+close > 2", "..11."),
            ("- -close > 2", "..11."),
            ("shift(close, 1) == 2", "..1.."),
            ("shift(close, 0) == 2", ".1..1"),
            ("shift(close > 2, 1)", "...11"),
            ("crosses_above(close, 2)", "..1.."),
            ("crosses_below(close, 2.5)", "....1"),
            ("highest(close, 2) == 3", "..1.."),
            ("lowest(close, 2) == 3", "...1."),
            ("sma(close, 2) == 2.5", "..1.."),
            ("sma(close, n=2) == 2.5", "..1.."),
            ("sma(n=2, x=close) == 2.5", "..1.."),
            ("shift(x=close, n=1) == 2", "..1.."),
            ("crosses_above(y=2, x=close)", "..1.."),
            ("close > .5e0", "11111"),
            ("1 < 2", "11111"),
        ],
    )
    def test_is_as_in_python_over_the_closes_1_2_3_4_2(
        self, text: str, expected: str
    ) -> None:
        bars = closes([1.0, 2.0, 3.0, 4.0, 2.0])

        assert "".join(".1"[held] for held in holds(text, bars)) == expected

    def test_knows_every_name_of_the_bars(self) -> None:
        bars = random_bars(1, 50)

        for name in ("open", "high", "low", "close", "volume"):
            expected = getattr(bars, name) > shifted(getattr(bars, name))
            assert holds(f"{name} > shift({name}, 1)", bars) == expected.tolist()

    @pytest.mark.parametrize("name", INDICATORS)
    def test_has_every_indicator(self, name: str) -> None:
        bars = random_bars(2, 200)
        written = f"{name}(close, 3)" if INDICATORS[name].of_series else f"{name}(3)"
        written = {"obv": "obv()"}.get(name, written)

        lookback = parse(f"{written} == {written}").lookback

        held = holds(f"{written} == {written}", bars)
        # Defined from the look-back on, but for a vwap over bars without volume.
        assert not any(held[:lookback])
        assert all(held[lookback:]) or name == "vwap"

    @pytest.mark.parametrize(
        ("short", "written_out"),
        [
            ("atr(14)", "atr(high, low, close, 14)"),
            ("obv()", "obv(close, volume)"),
            ("rsi(close)", "rsi(close, 14)"),
            ("macd(close)", "macd(close, 12, 26, 9)"),
            ("bbands_upper(close)", "bbands_upper(close, 20, 2)"),
            ("stoch_k()", "stoch_k(high, low, close, 14, 3, 3)"),
            ("close  >1", "(close) > 1"),
        ],
    )
    def test_is_the_same_tree_however_it_is_written(
        self, short: str, written_out: str
    ) -> None:
        suffix = "" if ">" in short else " > 0"

        assert parse(short + suffix).node == parse(written_out + suffix).node

    @settings(max_examples=60, deadline=None)
    @given(text=conditions(), seed=st.integers(0, 2**32 - 1))
    def test_gives_one_truth_a_bar_for_any_text(self, text: str, seed: int) -> None:
        assert len(holds(text, random_bars(seed, 40))) == 40


def shifted(values: np.ndarray) -> np.ndarray:
    return pd.Series(values).shift(1).to_numpy()


class TestUndefinedNumbers:
    @pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
    @pytest.mark.parametrize(
        "number", ["close / 0", "0 / 0", "1e308 * 1e308", "0 - 1e308 * 1e308"]
    )
    def test_make_every_comparison_false(self, operator: str, number: str) -> None:
        bars = closes([1.0, 2.0])

        assert holds(f"{number} {operator} close", bars) == [False, False]

    def test_start_an_indicator_anew_after_them(self) -> None:
        # close / (close - 2) is undefined on the third bar.
        bars = closes([1.0, 3.0, 2.0, 4.0, 6.0, 3.0])

        held = holds("sma(close / (close - 2), 2) > -100", bars)

        assert held == [False, True, False, False, True, True]

    def test_are_refused_in_too_many_places(self) -> None:
        bars = closes([1.0, 2.0] * 10_001)

        with pytest.raises(InvalidRequestError, match="10000 places") as caught:
            decide(bars, "sma(1 / (close - 1), 2) > 0")

        assert caught.value.places[0].pointer == "/strategy_params/entry"


class TestDecision:
    def test_holds_from_entry_to_exit(self) -> None:
        bars = closes([1.0, 5.0, 3.0, 3.0, 1.0, 5.0])

        targets = decide(bars, "close > 4", "close < 2").target_positions

        assert targets.tolist() == [0, 1, 1, 1, 0, 1]

    def test_leaves_where_both_hold(self) -> None:
        targets = decide(
            closes([1.0, 5.0, 9.0, 5.0]), "close > 4", "close > 8"
        ).target_positions

        assert targets.tolist() == [0, 1, 0, 1]

    def test_holds_to_the_end_without_an_exit(self) -> None:
        targets = decide(closes([1.0, 5.0, 1.0]), "close > 4").target_positions

        assert targets.tolist() == [0, 1, 1]

    def test_waits_until_all_parts_of_both_rules_are_defined(self) -> None:
        bars = closes([5.0] * 6)

        entered_by_not = decide(bars, "not sma(close, 3) > 9").target_positions
        waiting_for_exit = decide(
            bars, "close > 1", "sma(close, 5) > 9"
        ).target_positions

        assert entered_by_not.tolist() == [0, 0, 1, 1, 1, 1]
        assert waiting_for_exit.tolist() == [0, 0, 0, 0, 1, 1]

    def test_says_when_the_data_is_too_short(self) -> None:
        decision = decide(closes([1.0] * 9), "sma(close, 10) > 0")

        assert not decision.target_positions.any()
        assert [warning.code for warning in decision.warnings] == [
            "warmup_exceeds_data"
        ]

    def test_goes_short_when_that_is_the_only_side(self) -> None:
        targets = decide(
            closes([1.0, 5.0, 1.0]), "close > 4", "close < 2", direction=Direction.SHORT
        ).target_positions

        assert targets.tolist() == [0, -1, 0]

    def test_says_that_two_rules_take_one_side(self) -> None:
        decision = decide(closes([1.0]), "close > 4", direction=Direction.BOTH)

        assert [warning.code for warning in decision.warnings] == ["rules_long_only"]

    def test_refuses_more_work_than_it_may_do(self) -> None:
        bars = closes([1.0] * 100_000, start="1700-01-01")
        text = " and ".join(["highest(close, 9000) > 1"] * 3)

        with pytest.raises(InvalidRequestError, match="would read"):
            decide(bars, text)


def offset_refused(text: str) -> int | None:
    try:
        parse(text)
    except RuleError as error:
        return error.offset
    return None


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "place", "words"),
        [
            ("", "line 1, column 1", "ends too early"),
            ("close >", "line 1, column 8", "ends too early"),
            ("close", "line 1, column 1", "condition is needed"),
            ("close > 1 and 3", "line 1, column 15", "condition is needed"),
            ("not close", "line 1, column 5", "condition is needed"),
            ("(close > 1) + 2 > 1", "line 1, column 2", "number is needed"),
            ("sma(close > 1, 3) > 1", "line 1, column 5", "number is needed"),
            ("crosses_above(close > 1, 3)", "line 1, column 15", "number is needed"),
            ("close = 1", "line 1, column 7", "equality is =="),
            ("clos > 1", "line 1, column 1", "did you mean 'close'?"),
            ("close >\n  smaa(close, 3)", "line 2, column 3", "did you mean 'sma'?"),
            ("close > sma", "line 1, column 9", "sma(x, n)"),
            ("close(3) > 1", "line 1, column 1", "takes no arguments"),
            ("sma(close) > 1", "line 1, column 1", "sma(x, n)"),
            ("sma(close, 3, 4) > 1", "line 1, column 1", "sma(x, n)"),
            ("sma() > 1", "line 1, column 1", "sma(x, n)"),
            ("shift(close) > 1", "line 1, column 1", "shift(x, n)"),
            ("crosses_above(close)", "line 1, column 1", "crosses_above(x, y)"),
            ("sma(close, 0) > 1", "line 1, column 12", "from 1 to 10000"),
            ("rsi(close, 1) > 1", "line 1, column 12", "from 2 to 10000"),
            ("sma(close, 10001) > 1", "line 1, column 12", "from 1 to 10000"),
            ("sma(close, 2.5) > 1", "line 1, column 12", "whole number"),
            ("sma(close, close) > 1", "line 1, column 12", "plain number"),
            ("sma(close, 1+1) > 1", "line 1, column 12", "plain number"),
            ("shift(close, -1) > 1", "line 1, column 14", "look ahead"),
            ("shift(close, 1.5) > 1", "line 1, column 14", "whole number"),
            ("shift(close, 10001) > 1", "line 1, column 14", "from 0 to 10000"),
            ("close > 1e999", "line 1, column 9", "too large"),
            ("rsi(14) < 30", "line 1, column 5", "rsi(x, n=14), where x is a series"),
            ("macd(12, 26, 9) > 0", "line 1, column 6", "must be a series"),
            ("close < bbands_lower(20, 2)", "line 1, column 22", "must be a series"),
            ("sma(shift(5 + 1, 2), 3) > 1", "line 1, column 11", "x of shift must be"),
            ("ema(-(3), 2) < close", "line 1, column 5", "x of ema must be"),
            ("crosses_above(70, 30)", "line 1, column 1", "never true"),
            ("shift(1 > 2, 1)", "line 1, column 7", "x of shift must be"),
            ("sma(close, bars=3) > 1", "line 1, column 12", "no argument 'bars'"),
            ("sma(close, n=3, n=4) > 1", "line 1, column 17", "given n twice"),
            ("sma(close, 3, n=4) > 1", "line 1, column 15", "given n twice"),
            ("sma(n=3, close) > 1", "line 1, column 1", "sma(x, n)"),
            ("sma(n=3) > 1", "line 1, column 1", "sma(x, n)"),
            ("sma(close, n=close) > 1", "line 1, column 14", "plain number"),
            ("shift(close, n=-1) > 1", "line 1, column 16", "look ahead"),
            ("a.b > 1", "line 1, column 2", "unexpected"),
            ("__import__('os')", "line 1, column 12", "unexpected"),
            ("close > 1; 2", "line 1, column 10", "unexpected"),
            ("close > 1 close", "line 1, column 11", "unexpected"),
            ("lambda: 1", "line 1, column 7", "unexpected"),
            ("close[0] > 1", "line 1, column 6", "unexpected"),
            ("close ** 2 > 1", "line 1, column 8", "unexpected"),
            ("٣ > close", "line 1, column 1", "unexpected"),
            ("close > 1 # note", "line 1, column 11", "unexpected"),
        ],
    )
    def test_name_the_place_and_the_cure(
        self, text: str, place: str, words: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            RulesParams(entry="close > 1", exit=text)

        (found,) = caught.value.places
        assert found.pointer == "/strategy_params/exit"
        assert found.detail.startswith(f"{place}: ")
        assert words in found.detail

    @pytest.mark.parametrize(
        "text",
        [
            "-" * (MAX_DEPTH + 1) + "close > 1",
            "not " * (MAX_DEPTH + 1) + "close > 1",
            "sma(" * (MAX_DEPTH + 1) + "close" + ", 2)" * (MAX_DEPTH + 1) + " > 1",
            " and ".join(["close > 1"] * (MAX_NODES // 3 + 1)),
            "shift(shift(close, 6000), 6000) > 1",
            "(" * 990 + "close > 1",
            "-" * (MAX_LENGTH - 9) + "close > 1",
        ],
        ids=[
            "deep by signs",
            "deep by negations",
            "deep by calls",
            "many parts",
            "far back",
            "never closed",
            "as many signs as fit",
        ],
    )
    def test_keep_a_text_in_bounds(self, text: str) -> None:
        with pytest.raises(RuleError):
            parse(text)

    def test_come_before_reading_a_text_that_is_too_long(self) -> None:
        with pytest.raises(InvalidRequestError, match="2001 characters"):
            RulesParams(entry=" " * (MAX_LENGTH - 8) + "close > 1")

    def test_allow_as_many_parentheses_as_fit(self) -> None:
        deep = "(" * 900 + "close > 1" + ")" * 900

        assert parse(deep).node == parse("close > 1").node

    @settings(max_examples=200, deadline=None)
    @given(
        st.text(
            alphabet="close ()<>=+-*/.,0123456789andortshift_\n\t!'\"[]{}", max_size=60
        )
    )
    def test_are_the_only_failure_of_any_text(self, text: str) -> None:
        offset = offset_refused(text)

        assert offset is None or 0 <= offset <= len(text)

    def test_know_no_other_functions(self) -> None:
        # The list, written out by hand.
        indicators = (
            "sma ema wma rsi macd macd_signal atr adx bbands_upper bbands_middle "
            "bbands_lower stoch_k stoch_d roc cci obv vwap highest lowest stddev"
        )
        functions = "shift crosses_above crosses_below"

        assert set(FUNCTIONS) == {*indicators.split(), *functions.split()}
