"""Stored bodies: the bytes that were given, or an error."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.ledger.bodies import PACK_ABOVE, Blob


class TestBlob:
    @given(st.binary(max_size=200), st.sampled_from([1, 100, 1000]))
    def test_gives_back_what_it_was_given(self, part: bytes, times: int) -> None:
        content = part * times

        assert Blob.of(content).content() == content

    def test_packs_what_is_large_alone(self) -> None:
        small, large = b"a" * PACK_ABOVE, b"a" * (PACK_ABOVE + 1)

        assert Blob.of(small).body == small
        assert len(Blob.of(large).body) < len(large) / 50

    @pytest.mark.parametrize("body", [b"", b"b" * 9000, "text", None])
    @pytest.mark.parametrize("size", [10, 9000], ids=["plain", "packed"])
    def test_refuses_a_changed_body(self, body: object, size: int) -> None:
        changed = dataclasses.replace(Blob.of(b"a" * size), body=body)  # type: ignore[arg-type]

        with pytest.raises(ValueError, match="body"):
            changed.content()
