"""Numbers and reasons as the gate says them."""

from __future__ import annotations

import math

import pytest

from orchestrator.gate.wording import explain, missed, number


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.5, "0.5"),
            (20.0, "20"),
            (-3.25, "-3.25"),
            (0.1 + 0.2, "0.3"),
            (1234567.0, "1234567"),
            (1e300, "1e+300"),
            (1.23456789e-7, "1.23457e-07"),
        ],
    )
    def test_is_short(self, value: float, text: str) -> None:
        assert number(value) == text

    @pytest.mark.parametrize("value", [math.nextafter(0.5, 0.0), 0.49999999, 0.5000001])
    def test_never_reads_as_the_threshold_it_missed(self, value: float) -> None:
        assert float(number(value, against=0.5)) == value

    def test_reads_as_the_threshold_it_equals(self) -> None:
        assert number(0.5, against=0.5) == "0.5"


@pytest.mark.parametrize(
    ("operator", "words"),
    [(">", "not above"), (">=", "under"), ("<", "not under"), ("<=", "above")],
)
def test_missed_says_the_opposite(operator: str, words: str) -> None:
    assert missed("cagr", operator, 5.0, 5.5) == f"cagr is 5.5, {words} 5"


class TestExplain:
    def test_keeps_the_code(self) -> None:
        assert explain("zero_variance") == "the returns do not vary (zero_variance)"

    def test_repeats_a_code_it_does_not_know(self) -> None:
        assert explain("gremlins") == "gremlins"
