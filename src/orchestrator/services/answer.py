"""An answer as it leaves: the bytes that are sent are the bytes that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One encoded answer.

    Parameters
    ----------
    run_id : str
        The run it answers.
    body : bytes
        The JSON document; equal answers have equal bytes.
    """

    run_id: str
    body: bytes

    @classmethod
    def of(cls, document: Mapping[str, object]) -> Answer:
        """Return the encoded `document`.

        Raises
        ------
        ValueError
            If a number in it is NaN or infinite: a metric that is not defined
            must be left out, never sent as ``null``.
        """
        return cls(run_id=str(document["run_id"]), body=encode(document))

    def document(self) -> dict[str, object]:
        """Return the decoded document."""
        document: dict[str, object] = orjson.loads(self.body)
        return document


def encode(document: Mapping[str, object]) -> bytes:
    """Return the JSON of `document`."""
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
