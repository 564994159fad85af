"""The service: ``GET /prices/{symbol}``, ``GET /symbols`` and ``GET /health``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from flask import Flask, Response, request

from examples.data_service.store import PriceStore, aware

MOST_ROWS = 10_000


class RefusedError(ValueError):
    """A query parameter that breaks its rule."""


def create_app(store: PriceStore) -> Flask:
    """Return the service over a store."""
    app = Flask(__name__)

    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Response:
        return _json({"detail": str(error)}, 422)

    @app.get("/health")
    def health() -> Response:
        return _json({"status": "ok"})

    @app.get("/symbols")
    def symbols() -> Response:
        return _json(
            [
                {
                    "symbol": holding.symbol,
                    "first": holding.first.isoformat(),
                    "last": holding.last.isoformat(),
                    "bars": holding.bars,
                }
                for holding in store.holdings()
            ]
        )

    @app.get("/prices/<symbol>")
    def prices(symbol: str) -> Response:
        """Answer with the newest rows of a window, oldest first."""
        rows = store.window(
            symbol.upper(), _moment("start_date"), _moment("end_date"), _limit()
        )
        if not rows:
            return _json({"detail": f"no prices of {symbol} in that window"}, 404)
        return _json(rows)

    return app


def _json(answer: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(answer), status, mimetype="application/json")


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        return aware(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise RefusedError(f"{name} is an ISO 8601 moment") from None


def _limit() -> int:
    text = request.args.get("limit", "1000")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_ROWS:
        raise RefusedError(f"limit is a number from 1 to {MOST_ROWS}")
    return int(text)
