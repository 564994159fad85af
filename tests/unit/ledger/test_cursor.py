"""Cursors: opaque, bound to their filters, and not to be made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import InvalidRequestError
from orchestrator.ledger.cursor import decode_cursor, encode_cursor
from orchestrator.ledger.values import RunFilter

SPY = RunFilter(symbol="SPY")


class TestCursor:
    @given(st.integers(1, 2**63 - 1))
    def test_gives_its_sequence_back(self, sequence: int) -> None:
        assert decode_cursor(encode_cursor(sequence, SPY), SPY) == sequence

    @pytest.mark.parametrize(
        "other",
        [RunFilter(), RunFilter(symbol="QQQ"), RunFilter(strategy="SPY")],
        ids=["none", "another symbol", "another field"],
    )
    def test_holds_for_its_own_filters_alone(self, other: RunFilter) -> None:
        with pytest.raises(InvalidRequestError, match="cursor"):
            decode_cursor(encode_cursor(7, SPY), other)

    @given(st.text(max_size=40) | st.from_regex(r"[A-Za-z0-9_-]{23}", fullmatch=True))
    def test_cannot_be_made_up(self, text: str) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            decode_cursor(text, SPY)

        assert [place.pointer for place in caught.value.places] == ["/cursor"]

    @given(st.integers(1, 2**40), st.integers(0, 22), st.sampled_from("Ab0_-"))
    def test_does_not_survive_a_changed_character(
        self, sequence: int, at: int, character: str
    ) -> None:
        cursor = encode_cursor(sequence, SPY)
        changed = cursor[:at] + character + cursor[at + 1 :]

        if changed == cursor:
            return
        with pytest.raises(InvalidRequestError):
            decode_cursor(changed, SPY)
