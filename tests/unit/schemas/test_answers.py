"""Answers are dumped, and documented, by the fields of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import marshmallow as ma
import pytest

from orchestrator.described import described
from orchestrator.schemas.answers import answer_schema, dump
from orchestrator.schemas.fields import Choice, Declared


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf."""

    colour: Colour = described("Its colour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree."""

    name: str = described("Its name", examples=["oak"])
    height: float | None = described("How high; null where not measured")
    felled: datetime | None = described("When it was felled, if it was", absent=True)
    leaves: tuple[Leaf, ...] = described("All of them", default=())
    best: Mapping[str, Leaf] = described("The best, by what for")
    marks: Mapping[str, object] = described("What was cut in", default=None)
    rings: int = described("Years", type="integer", minimum=1)
    owner: str = "not told"


TREE = Tree(
    name="oak",
    height=None,
    leaves=(Leaf(colour=Colour.RED),),
    best={"shade": Leaf(colour=Colour.RED)},
    marks={"heart": [1, 2.5]},
    rings=80,
)


class TestDump:
    def test_holds_the_described_fields_in_their_order(self) -> None:
        assert list(dump(TREE).items()) == [
            ("name", "oak"),
            ("height", None),
            ("leaves", [{"colour": "red"}]),
            ("best", {"shade": {"colour": "red"}}),
            ("marks", {"heart": [1, 2.5]}),
            ("rings", 80),
        ]

    def test_holds_an_absent_field_that_is_there(self) -> None:
        moment = datetime(2020, 1, 1, tzinfo=UTC)
        felled = Tree(name="oak", height=1.0, felled=moment, best={}, rings=1)

        assert dump(felled)["felled"] == moment


class TestAnswerSchema:
    @pytest.fixture
    def fields(self) -> dict[str, ma.fields.Field[object]]:
        return answer_schema(Tree)().fields

    def test_is_one_for_every_kind_and_named_after_it(self) -> None:
        schema = answer_schema(Tree)

        assert schema is answer_schema(Tree)
        assert (schema.__name__, schema.__doc__) == ("TreeSchema", "A tree.")

    def test_declares_what_is_dumped(
        self, fields: dict[str, ma.fields.Field[object]]
    ) -> None:
        assert fields.keys() == dump(TREE).keys() | {"felled"}
        assert [name for name, field in fields.items() if not field.required] == [
            "felled"
        ]

    @pytest.mark.parametrize(
        ("name", "declared", "nullable"),
        [
            ("name", {"type": "string", "examples": ["oak"]}, False),
            ("height", {"type": "number"}, True),
            ("felled", {"type": "string", "format": "date-time"}, False),
            ("marks", {"type": "object", "additionalProperties": True}, False),
            ("rings", {"type": "integer", "minimum": 1}, False),
        ],
    )
    def test_declares_the_json_of_a_type(
        self,
        fields: dict[str, ma.fields.Field[object]],
        name: str,
        declared: dict[str, object],
        nullable: bool,
    ) -> None:
        field = fields[name]

        assert isinstance(field, Declared)
        assert (field.declared, field.allow_none) == (declared, nullable)

    def test_nests_the_values_of_values(
        self, fields: dict[str, ma.fields.Field[object]]
    ) -> None:
        leaves, best = fields["leaves"], fields["best"]

        assert isinstance(leaves, ma.fields.List)
        assert isinstance(best, ma.fields.Dict)
        for inner in (leaves.inner, best.value_field):
            assert isinstance(inner, ma.fields.Nested)
            assert isinstance(inner.schema.fields["colour"], Choice)
