"""JSON bodies have one meaning, or none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import InvalidRequestError
from orchestrator.web.strict_json import DEEPEST, UnreadableBodyError, parse_object

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
)
DOCUMENTS = st.dictionaries(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    st.recursive(
        LEAVES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text('ab:\\"{}', max_size=3), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    max_size=5,
)


class TestParseObject:
    @given(DOCUMENTS)
    @settings(max_examples=100)
    def test_reads_what_the_standard_library_writes(
        self, document: dict[str, object]
    ) -> None:
        assert parse_object(json.dumps(document).encode()) == document

    @given(DOCUMENTS.filter(bool))
    @settings(max_examples=100)
    def test_refuses_the_same_document_with_a_key_repeated(
        self, document: dict[str, object]
    ) -> None:
        key = json.dumps(next(iter(document)))
        body = f"{json.dumps(document)[:-1]},{key}:1}}".encode()

        with pytest.raises(UnreadableBodyError, match="twice"):
            parse_object(body)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"a":":x","b":":"}',
            b'{"a" :1,"b":{"c"\n:[":", "x:"]}}',
            b'{":":"\\":","\\"":": "}',
        ],
    )
    def test_takes_no_colon_of_a_text_for_a_key(self, body: bytes) -> None:
        assert parse_object(body) == json.loads(body)

    def test_counts_keys_however_they_are_spaced(self) -> None:
        with pytest.raises(UnreadableBodyError, match="twice"):
            parse_object(b'{"a":1, "a" :2}')

    @given(st.binary(max_size=40))
    @settings(max_examples=200)
    def test_answers_any_bytes_with_an_object_or_a_refusal(self, body: bytes) -> None:
        try:
            document = parse_object(body)
        except (UnreadableBodyError, InvalidRequestError):
            return
        assert document == json.loads(body)

    def test_reads_nesting_down_to_its_limit(self) -> None:
        inner = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)

        assert list(parse_object(f'{{"a":{inner}}}'.encode())) == ["a"]

    @pytest.mark.parametrize("depth", [DEEPEST, 900, 1_100, 100_000])
    def test_refuses_deeper_nesting(self, depth: int) -> None:
        body = f'{{"a":{"[" * depth}{"]" * depth}}}'.encode()

        with pytest.raises(UnreadableBodyError):
            parse_object(body)

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            (b'{"initial_cash": NaN}', "/initial_cash"),
            (b'{"a": [1, {"b/c": -Infinity}]}', "/a/1/b~1c"),
            (b'{"a~": 1e999}', "/a~0"),
            (b"NaN", ""),
        ],
        ids=["NaN", "an infinity deep down", "beyond a double", "NaN alone"],
    )
    def test_names_the_place_of_a_number_that_is_not_finite(
        self, body: bytes, pointer: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            parse_object(body)

        assert [place.pointer for place in caught.value.places] == [pointer]
