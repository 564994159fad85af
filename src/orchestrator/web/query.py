"""Query parameters read strictly: known names, once each, in JSON's spelling."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma
from flask import Flask, current_app, request

from orchestrator.errors import InvalidRequestError, Place, reference_token
from orchestrator.parameters import nearest
from orchestrator.schemas.fields import Flag, Integer, Many, Number
from orchestrator.schemas.validation import refusal_of

# JSON's number, with an explicit plus (a space, once decoded) still refused.
_NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?"
)

_NO_PARAMETERS = ma.Schema()


def register_query_check(app: Flask) -> None:
    """Refuse query parameters on every route of `app` that takes none."""

    @app.before_request
    def check() -> None:
        if not request.query_string or request.endpoint is None:
            return
        view = current_app.view_functions[request.endpoint]
        if not getattr(view, "takes_query", False):
            read_query(_NO_PARAMETERS)


def load_query(schema: ma.Schema) -> Any:
    """Return what `schema` makes of the current request's query.

    Raises
    ------
    InvalidRequestError
        For a name that is not known or comes twice, and for what `schema` refuses.
    """
    values = read_query(schema)
    try:
        return schema.load(values)
    except ma.ValidationError as error:
        raise refusal_of(error) from None


_OF_BODIES = frozenset({"strategy_params", "sizing", "costs", "exits", "bars"})
"""Fields that a query cannot hold."""


def _unknown(name: str, schema: ma.Schema) -> str:
    if name in _OF_BODIES and "strategy_type" in schema.fields:
        return "is not a known query parameter: use POST /backtest, whose body holds it"
    known = tuple(schema.fields)
    return f"is not a known query parameter{nearest(name, known) if known else ''}"


def read_query(schema: ma.Schema) -> dict[str, Any]:
    """Return the current request's query as the JSON values `schema` expects.

    Raises
    ------
    InvalidRequestError
        For a name that is not known, or comes twice where one value is meant.
    """
    values: dict[str, Any] = {}
    places: list[Place] = []
    for name, texts in request.args.lists():
        field = schema.fields.get(name)
        pointer = f"/{reference_token(name)}"
        if field is None:
            places.append(Place(pointer, _unknown(name, schema)))
        elif isinstance(field, Many):
            values[name] = [part for text in texts for part in text.split(",")]
        elif len(texts) > 1:
            places.append(Place(pointer, "is given more than once"))
        else:
            values[name] = _json_value(field, texts[0])
    if places:
        raise InvalidRequestError(
            f"{places[0].pointer} {places[0].detail}", places=tuple(places)
        )
    return values


def _json_value(field: ma.fields.Field[Any], text: str) -> Any:
    """Return the JSON value `text` spells for `field`, or the text itself."""
    if isinstance(field, Number | Integer) and _NUMBER.fullmatch(text):
        return float(text) if not text.lstrip("-").isdigit() else int(text)
    if isinstance(field, Flag):
        return {"true": True, "false": False}.get(text, text)
    return text
