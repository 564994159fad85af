"""Failures that people who backtest reported in public, rebuilt with our own numbers.

Each folder holds a request, the files it needs and what counts as right: one of the
alternatives of ``accept``, with its status and all of its checks.  ``expect.json``
says where the case comes from, and why the answer is right.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

FOLDER = Path(__file__).with_name("field")
CASES = sorted(path.parent for path in FOLDER.glob("*/request.json"))
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_MISSING = object()
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda found, value: found == value,
    "!=": lambda found, value: found != value,
    "in": lambda found, value: found in value,
    "between": lambda found, value: value[0] <= found <= value[1],
    "near": lambda found, value: found == pytest.approx(value, rel=1e-9, abs=1e-9),
    ">=": lambda found, value: found >= value,
    "<=": lambda found, value: found <= value,
    "contains": lambda found, value: value in json.dumps(found),
    "contains_any": lambda found, value: any(
        word in json.dumps(found).lower() for word in value
    ),
    "not contains": lambda found, value: value not in json.dumps(found),
}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_case_from_the_field_is_right(
    case: Path, client: FlaskClient, tmp_path: Path
) -> None:
    for path in case.glob("*.csv"):
        shutil.copy(path, tmp_path)
    request = json.loads((case / "request.json").read_text())
    expected = json.loads((case / "expect.json").read_text())

    response = client.open(
        f"{request['path']}?{_query(request)}",
        method=request["method"],
        data=_body(request),
        headers={"Content-Type": "application/json"} | request.get("headers", {}),
    )

    faults = [_faults(accepted, response) for accepted in expected["accept"]]
    assert [] in faults, (expected["statement"], response.status, faults)


def _query(request: dict[str, Any]) -> str:
    return str(request.get("raw_query") or urlencode(request.get("query", {})))


def _body(request: dict[str, Any]) -> bytes | None:
    if "raw_hex" in request:
        return bytes.fromhex(request["raw_hex"])
    if "raw" in request:
        return str(request["raw"]).encode()
    return json.dumps(request["body"]).encode() if "body" in request else None


def _faults(accepted: dict[str, Any], response: Any) -> list[str]:
    statuses = accepted["status"]
    statuses = statuses if isinstance(statuses, list) else [statuses]
    if response.status_code not in statuses:
        return [f"status {response.status_code}"]
    found = [(check, _at(response.json, check["path"])) for check in accepted["checks"]]
    return [f"{check}: {value}" for check, value in found if not _holds(check, value)]


def _holds(check: dict[str, Any], found: Any) -> bool:
    if check["op"] in {"absent", "present"} or found is _MISSING:
        return (found is _MISSING) == (check["op"] == "absent")
    return OPERATORS[check["op"]](found, check.get("value"))


def _at(document: Any, path: str) -> Any:
    for index, name in _STEP.findall(path):
        try:
            document = document[int(index)] if index else document[name]
        except (KeyError, IndexError, TypeError):
            return len(document) if name == "#" else _MISSING
    return document
