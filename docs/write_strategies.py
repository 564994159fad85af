"""Write the tables of strategies.md and hooks.md; ``python -m docs.write_strategies``.

Each table stands between two comments that name what it is of, and is made from the
declarations that also make the schema; the prose around it is written by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestrator.hooks.registry import BUILT_IN
from orchestrator.strategies.registry import STRATEGIES

PAGES = tuple(Path(__file__).with_name(name) for name in ("strategies.md", "hooks.md"))

_TABLE = re.compile(r"(<!-- parameters of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_HEAD = ("| parameter | type | default | rule | meaning |", "|---|---|---|---|---|")
_RULES = {
    "minimum": ">= {}",
    "exclusiveMinimum": "> {}",
    "maximum": "<= {}",
    "maxLength": "at most {} characters",
}


def page(path: Path) -> str:
    """Return a page with its tables made anew."""
    return _TABLE.sub(_filled, path.read_text(encoding="utf-8"))


def tables(path: Path) -> list[str]:
    """Return what a page has tables of."""
    return [found[2] for found in _TABLE.finditer(path.read_text(encoding="utf-8"))]


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of the parameters of every strategy and hook of ours."""
    strategies = {name: one.schema() for name, one in STRATEGIES.items()}
    return strategies | {hook.name: hook.schema() for hook in BUILT_IN}


def _filled(found: re.Match[str]) -> str:
    schema = schemas()[found[2]]
    if not schema["properties"]:
        return f"{found[1]}No parameters.\n{found[3]}"
    lines = "\n".join((*_HEAD, *_rows(schema)))
    return f"{found[1]}{lines}\n{found[3]}"


def _rows(schema: dict[str, Any]) -> Iterator[str]:
    for name, field in schema["properties"].items():
        required = name in schema.get("required", ())
        default = "required" if required else f"`{json.dumps(field['default'])}`"
        rule = ", ".join(
            text.format(f"{field[bound]:,}")
            for bound, text in _RULES.items()
            if bound in field
        )
        meaning = field["description"].replace("|", "\\|")
        kind = _kind(field)
        yield f"| `{name}` | {kind} | {default} | {rule} | {meaning} |"


def _kind(field: dict[str, Any]) -> str:
    if "oneOf" in field:
        return " or ".join(one["title"].lower() for one in field["oneOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    kind = field["type"]
    return kind if isinstance(kind, str) else " or ".join(kind)


if __name__ == "__main__":
    for one in PAGES:
        one.write_text(page(one), encoding="utf-8")
