"""Bodies that clients pack: gzip within the limits, every other encoding refused."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from flask import Flask
from flask.testing import FlaskClient

BODY = {"csv_path": "sp500.csv", "gate": ["sharpe_ratio > 0.5"]}
PLAIN = json.dumps(BODY).encode()


def post(
    client: FlaskClient, body: bytes, encoding: str, path: str = "/backtest"
) -> tuple[int, dict[str, object]]:
    answer = client.post(
        path,
        data=body,
        headers={"Content-Type": "application/json", "Content-Encoding": encoding},
    )
    assert answer.json is not None
    return answer.status_code, answer.json


@pytest.mark.parametrize("path", ["/backtest", "/gate"])
@pytest.mark.parametrize("encoding", ["gzip", "GZIP", " x-gzip"])
def test_gzip_is_the_same_request(
    client: FlaskClient, path: str, encoding: str
) -> None:
    packed = post(client, gzip.compress(PLAIN), encoding, path)

    assert packed == post(client, PLAIN, "identity", path)
    assert packed[0] == 200


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "rot13"])
def test_another_encoding_is_named(client: FlaskClient, encoding: str) -> None:
    status, problem = post(client, zlib.compress(PLAIN), encoding)

    assert status == 415
    assert repr(encoding) in str(problem["detail"])
    assert "gzip" in str(problem["detail"])


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        b"",
        gzip.compress(PLAIN)[:-9],
        gzip.compress(PLAIN) + b"x",
        gzip.compress(PLAIN) + gzip.compress(PLAIN),
    ],
    ids=["plain", "empty", "cut short", "a byte too many", "two archives"],
)
def test_a_broken_archive_is_unreadable(client: FlaskClient, body: bytes) -> None:
    status, problem = post(client, body, "gzip")

    assert status == 400
    assert problem["code"] == "unreadable_body"
    assert "gzip" in str(problem["detail"])


def test_a_bomb_is_too_large(app: Flask, client: FlaskClient) -> None:
    most = app.config["MAX_CONTENT_LENGTH"]
    bomb = gzip.compress(b" " * (most + 1))
    assert len(bomb) < most / 100

    status, problem = post(client, bomb, "gzip")

    assert status == 413
    assert str(most) in str(problem["detail"])


def test_an_unpacked_body_has_the_whole_limit(app: Flask, client: FlaskClient) -> None:
    spaces = b" " * (app.config["MAX_CONTENT_LENGTH"] - len(PLAIN))

    assert post(client, gzip.compress(PLAIN + spaces), "gzip")[0] == 200
