"""Parameters: one declaration, from which schema, bounds and loading follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pytest

from orchestrator.errors import InvalidRequestError
from orchestrator.parameters import (
    Parameters,
    check_bounds,
    json_schema,
    load,
    nearest,
    parameter,
    placed_under,
    refusal,
)


class Color(StrEnum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One parameter of each kind."""

    count: int = parameter(description="How many", minimum=1, maximum=10)
    share: float = parameter(0.5, description="How much", exclusive_minimum=0.0)
    name: str | None = parameter(None, description="What", max_length=5)
    color: Color = parameter(Color.RED, description="Which")  # noqa: RUF009
    loud: bool = parameter(False, description="Whether")

    def __post_init__(self) -> None:
        check_bounds(self, under="/sample")


def loaded(**raw: object) -> Sample:
    return load(Sample, raw, under="/sample")


class TestJsonSchema:
    def test_says_all_that_was_declared(self) -> None:
        assert json_schema(Sample) == {
            "type": "object",
            "properties": {
                "count": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 10,
                    "description": "How many",
                },
                "share": {
                    "type": "number",
                    "exclusiveMinimum": 0.0,
                    "default": 0.5,
                    "description": "How much",
                },
                "name": {
                    "type": ["string", "null"],
                    "maxLength": 5,
                    "default": None,
                    "description": "What",
                },
                "color": {
                    "enum": ["red", "blue"],
                    "type": "string",
                    "default": "red",
                    "description": "Which",
                },
                "loud": {"type": "boolean", "default": False, "description": "Whether"},
            },
            "additionalProperties": False,
            "required": ["count"],
        }


class TestLoad:
    def test_fills_in_defaults(self) -> None:
        assert loaded(count=3) == Sample(count=3)

    def test_turns_whole_numbers_into_those_declared(self) -> None:
        sample = loaded(count=3.0, share=1, color="blue", name="x", loud=True)

        assert (type(sample.count), type(sample.share)) == (int, float)
        assert sample.color is Color.BLUE

    @pytest.mark.parametrize(
        ("raw", "field"),
        [
            ({}, "count"),
            ({"count": None}, "count"),
            ({"count": 0}, "count"),
            ({"count": 11}, "count"),
            ({"count": 1.5}, "count"),
            ({"count": "1"}, "count"),
            ({"count": True}, "count"),
            ({"count": float("inf")}, "count"),
            ({"count": 1, "share": 0}, "share"),
            ({"count": 1, "share": float("nan")}, "share"),
            ({"count": 1, "share": 10**400}, "share"),
            ({"count": 1, "share": False}, "share"),
            ({"count": 1, "share": [1]}, "share"),
            ({"count": 1, "name": "longer"}, "name"),
            ({"count": 1, "name": 5}, "name"),
            ({"count": 1, "color": "green"}, "color"),
            ({"count": 1, "color": None}, "color"),
            ({"count": 1, "loud": 1}, "loud"),
            ({"count": 1, "loud": "yes"}, "loud"),
            ({"count": 1, "cuont": 1}, "cuont"),
            ({"count": 1, "a/b~c": 1}, "a~1b~0c"),
        ],
    )
    def test_points_at_what_it_refuses(
        self, raw: dict[str, object], field: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            loaded(**raw)

        assert caught.value.places[0].pointer == f"/sample/{field}"

    @pytest.mark.parametrize("raw", [None, [], "x", 1])
    def test_refuses_what_is_no_object(self, raw: object) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            load(Sample, raw, under="/sample")

        assert caught.value.places[0].pointer == "/sample"

    def test_quotes_no_more_of_a_value_than_helps(self) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            loaded(count="9" * 100_000)

        assert len(caught.value.detail) < 200


class TestPlacedUnder:
    def test_prefixes_every_pointer(self) -> None:
        with pytest.raises(InvalidRequestError) as caught, placed_under("/hooks/3"):
            raise refusal("bars", "is wrong", under="/params")

        assert caught.value.places[0].pointer == "/hooks/3/params/bars"


class TestNearest:
    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("fsat", "; did you mean 'fast'?"),
            ("FAST", "; did you mean 'fast'?"),
            ("zzz", "; known: fast, slow"),
        ],
    )
    def test_suggests_or_lists(self, name: str, hint: str) -> None:
        assert nearest(name, ("fast", "slow")) == hint

    def test_says_when_there_is_nothing(self) -> None:
        assert nearest("x", ()) == "; there are none"


def test_a_declaration_is_a_parameters_type() -> None:
    sample: Parameters = Sample(count=1)

    assert sample == Sample(count=1)
