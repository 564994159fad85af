"""A text read in pieces is the text read whole, or is refused as it would be."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.schemas.json_pieces import (
    BrokenJsonError,
    TooManyMembersError,
    colons,
    dumps,
    loads,
)
from orchestrator.schemas.unions import MOST_FIELDS

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXTS | st.sampled_from('"\\[]'),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=5)
    ),
    max_leaves=25,
)
SPACED = st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", "\t: ")])


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS, SPACED, st.integers(1, 40))
def test_reads_what_the_standard_library_writes(
    document: object, separators: tuple[str, str], piece: int
) -> None:
    text = json.dumps(document, separators=separators, ensure_ascii=False).encode()

    assert loads(text, piece=piece) == document


@settings(max_examples=500, deadline=None)
@given(
    st.text(st.sampled_from('[]{},:"\\ 12a'), max_size=24).map(str.encode),
    st.integers(1, 8),
)
@example(b'{"a","b":1}', 1)
@example(b"[1, 2}", 1)
@example(b'{"a":1,}', 1)
@example(b'{"a":1:2}', 1)
@example(b"[1,,2]", 1)
@example(b"[,]", 1)
@example(b"[1]]", 1)
@example(b'{"a":}', 1)
@example(b"{1:2}", 1)
@example(b"[          ]", 1)
@example(b"{          }", 1)
@example(b"[[1,2],[3,[4,5]],{}]", 2)
def test_reads_and_refuses_as_reading_the_whole_does(text: bytes, piece: int) -> None:
    try:
        expected = orjson.loads(text)
    except orjson.JSONDecodeError:
        with pytest.raises(BrokenJsonError):
            loads(text, piece=piece)
        return

    assert loads(text, piece=piece) == expected


def test_says_where_a_large_text_breaks() -> None:
    text = b'{"a": [' + b"1.5, " * 50_000 + b"oops]}"

    with pytest.raises(BrokenJsonError) as caught:
        loads(text)

    assert caught.value.pos == text.index(b"oops")


def test_counts_the_members_of_an_object_that_has_too_many() -> None:
    members = {f"field_{number}": number for number in range(MOST_FIELDS + 5)}

    with pytest.raises(TooManyMembersError) as caught:
        loads(json.dumps(members).encode(), piece=16)

    assert caught.value.members == MOST_FIELDS + 5
    assert loads(json.dumps([members]).encode(), piece=16) == [members]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(TEXTS, DOCUMENTS, max_size=5), st.integers(1, 9000))
def test_writes_what_writing_the_whole_does(
    document: dict[str, object], rows: int
) -> None:
    long = {**document, "rows": [{"b": 1, "a": [0.1]}] * rows, "in": {"x": [1] * rows}}

    for given_ in (document, long, {"one": long}):
        assert dumps(given_) == orjson.dumps(given_, option=orjson.OPT_SORT_KEYS)


@given(DOCUMENTS, SPACED)
def test_counts_a_colon_for_each_key(
    document: object, separators: tuple[str, str]
) -> None:
    def keys(value: object) -> int:
        if isinstance(value, dict):
            return len(value) + sum(map(keys, value.values()))
        return sum(map(keys, value)) if isinstance(value, list) else 0

    text = json.dumps(document, separators=separators).encode()

    assert colons(text) == keys(document)
