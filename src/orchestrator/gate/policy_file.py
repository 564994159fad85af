"""Read policies from TOML; whatever is wrong is said with its line and rule."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.gate.policies import (
    CALLERS_SOURCES,
    OPERATORS_SOURCES,
    RULES,
    Policy,
    Rule,
)
from orchestrator.parameters import nearest
from orchestrator.settings import SettingsError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_ASSIGNED = re.compile(r"\s*([\w\"'.\s-]+?)\s*=")
_TEXTS = {"version": 32, "description": 200, "measured": 800, "extends": 32}
_TOP = ("default", "floor", "policies")


class PolicyFileError(SettingsError):
    """The operator's policies break a rule; the message says where and which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """One TOML file, parsed and with every value checked by itself.

    `source` and `text` are kept to say where a fault stands.
    """

    source: str
    text: str
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default: str | None = None
    floor: str | None = None

    @classmethod
    def parse(cls, text: str, *, source: str) -> PolicyFile:
        """Return the checked file.

        Raises
        ------
        PolicyFileError
            With `source`, the line and the rule that is broken.
        """
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PolicyFileError(f"{source}: not TOML: {error}") from None
        file = cls(source=source, text=text)
        for key in content:
            if key not in _TOP:
                raise file.fault(
                    f"unknown key {key!r}; known are {', '.join(_TOP)}", key
                )
        tables = content.get("policies", {})
        if not isinstance(tables, dict):
            raise file.fault("policies is a table of policies", "policies")
        for name, table in tables.items():
            file.check_table(name, table)
        for key in ("default", "floor"):
            if not isinstance(content.get(key, ""), str):
                raise file.fault(f"{key} is the name of a policy", key)
        return cls(
            source=source,
            text=text,
            tables=tables,
            default=content.get("default"),
            floor=content.get("floor"),
        )

    def check_table(self, name: str, table: object) -> None:
        """Raise unless every key of a policy is known and within its bounds."""
        if not _NAME.fullmatch(name):
            raise self.fault(
                f"{name!r} is not a policy name: lower-case letters, digits, - and _, "
                "32 at most",
                "",
                name,
            )
        if not isinstance(table, dict):
            raise self.fault(f"policies.{name} is a table", "", name)
        if "version" not in table:
            raise self.fault(f"policies.{name} needs a version", "", name)
        known = {rule.name: rule for rule in RULES}
        for key, value in table.items():
            if key in known:
                problem = _problem(known[key], value)
            elif key == "enforced":
                problem = None if isinstance(value, bool) else "is true or false"
            elif key in _TEXTS:
                problem = _text_problem(value, _TEXTS[key])
            else:
                problem = "is not a rule of a policy"
            if problem is not None:
                raise self.fault(f"policies.{name}.{key} {problem}", key, name)

    def fault(self, detail: str, key: str, table: str | None = None) -> PolicyFileError:
        """Return the error for `key` of a policy's table, or of the top level."""
        path = (key,) if table is None else ("policies", table, key)
        line = _line_of(self.text, path)
        return PolicyFileError(f"{self.source}, line {line}: {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """An operator's file over the shipped one: resolves ``extends``."""

    shipped: PolicyFile
    operator: PolicyFile

    def resolve_all(self) -> dict[str, Policy]:
        """Return every policy by its name.

        Raises
        ------
        PolicyFileError
            For a policy that lacks a rule, or extends itself or an unknown one.
        """
        names = sorted({*self.shipped.tables, *self.operator.tables})
        return {name: self._policy(name) for name in names}

    def _policy(self, name: str) -> Policy:
        values = {"sources": self._default_sources(), **self._values(name, ())}
        file = self._file_of(name)
        wanted = ("enforced", *(rule.name for rule in RULES))
        missing = [key for key in wanted if key not in values]
        if missing:
            raise file.fault(
                f"policies.{name} lacks {', '.join(missing)}: give every rule, or "
                "extend a policy that does",
                "",
                name,
            )
        texts = {"description": "", "measured": ""}
        fields: dict[str, Any] = texts | dict(values) | {"name": name}
        for rule in RULES:
            fields[rule.name] = _canonical(rule, fields[rule.name])
        return Policy(**fields)

    def _default_sources(self) -> tuple[str, ...]:
        """Return where bars may come from unless a policy says: see ``sources``."""
        if self.operator.floor is None:
            return (*OPERATORS_SOURCES, *CALLERS_SOURCES)
        return OPERATORS_SOURCES

    def _values(self, name: str, seen: tuple[str, ...]) -> dict[str, Any]:
        file = self._file_of(name)
        return self._extended(name, file, (*seen, name))

    def _extended(
        self, name: str, file: PolicyFile, seen: tuple[str, ...]
    ) -> dict[str, Any]:
        table = dict(file.tables[name])
        base = table.pop("extends", None)
        if base is None:
            return table
        if base == name and file is self.operator and name in self.shipped.tables:
            return self._extended(name, self.shipped, seen) | table
        if base in seen:
            chain = " -> ".join((*seen, base))
            raise file.fault(f"policies extend each other: {chain}", "extends", name)
        if base not in self.shipped.tables and base not in self.operator.tables:
            raise file.fault(f"no policy is named {base!r}", "extends", name)
        inherited = self._values(base, seen)
        for own in ("description", "measured"):
            inherited.pop(own, None)
        return inherited | table

    def _file_of(self, name: str) -> PolicyFile:
        return self.operator if name in self.operator.tables else self.shipped


def _canonical(rule: Rule, value: Any) -> object:
    return tuple(sorted(set(value))) if rule.kind is tuple else rule.kind(value)


def _problem(rule: Rule, value: object) -> str | None:
    if rule.kind is tuple:
        return _list_problem(rule, value)
    kinds = int if rule.kind is int else (int, float)
    number = isinstance(value, kinds) and not isinstance(value, bool)
    if number and 0 <= value <= rule.highest:  # type: ignore[operator]
        return None
    noun = "whole number" if rule.kind is int else "number"
    return f"is a {noun} from 0 to {rule.highest:g}, not {value!r}"


def _list_problem(rule: Rule, value: object) -> str | None:
    if not isinstance(value, list) or not all(isinstance(it, str) for it in value):
        return f"is a list of codes such as {rule.members[0]!r}"
    for item in value:
        if item not in rule.members:
            near = nearest(item[:64], rule.members)
            return f"holds {item[:64]!r}, which is none of its names{near}"
    return None


def _text_problem(value: object, longest: int) -> str | None:
    good = isinstance(value, str) and value.isprintable() and 0 < len(value) <= longest
    return None if good else f"is a text of 1 to {longest} characters, not {value!r}"


def _line_of(text: str, wanted: tuple[str, ...]) -> int:
    """Return the first line that goes furthest along a dotted path; 1 for none."""
    best, furthest = 1, 0
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header, assigned = _HEADER.match(line), _ASSIGNED.match(line)
        if header is not None:
            path = table = _path(header[1])
        elif assigned is not None:
            path = (*table, *_path(assigned[1]))
        else:
            continue
        shared = 0
        while path[shared : shared + 1] == wanted[shared : shared + 1] != ():
            shared += 1
        if shared > furthest:
            best, furthest = number, shared
    return best


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
