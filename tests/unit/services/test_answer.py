"""Encoding: what must never leave."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from orchestrator.services.answer import encode, joined


class TestEncode:
    @pytest.mark.parametrize(
        "document",
        [
            {"a": math.nan},
            {"a": {"b": [1.0, math.inf]}},
            {"a": [{"b": -math.inf}]},
            {"a": np.array([1.0, math.nan])},
        ],
    )
    def test_refuses_what_is_not_a_number(self, document: dict[str, object]) -> None:
        with pytest.raises(ValueError, match="NaN"):
            encode(document)

    def test_writes_columns(self) -> None:
        times = np.array(["2020-01-02"], dtype="datetime64[ns]")

        body = encode({"timestamp": times, "equity": np.array([1.5])})

        assert json.loads(body) == {
            "timestamp": ["2020-01-02T00:00:00Z"],
            "equity": [1.5],
        }


class TestJoined:
    def test_is_one_object(self) -> None:
        whole = joined(encode({"a": 1}), encode({"b": [2]}))

        assert json.loads(whole) == {"a": 1, "b": [2]}
