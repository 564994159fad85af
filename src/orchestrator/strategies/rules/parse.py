"""Reading a rule: text to checked tree, by a real parser and never by ``eval``."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources
from typing import Any, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from orchestrator.strategies.rules import tree
from orchestrator.strategies.rules.built import Built, RuleError, built
from orchestrator.strategies.rules.calls import Argument, call, column

MAX_LENGTH = 2_000
_EQUALITY = "; equality is =="


class _Builder(Transformer[Token, Built | Argument]):
    """Builds the tree while the parser reads, so its depth is bounded at once."""

    def number(self, parts: list[Token]) -> Built:
        (token,) = parts
        value = float(token)
        if not math.isfinite(value):
            raise RuleError(_offset(token), "the number is too large")
        return built(tree.Number(value), offset=_offset(token))

    def name(self, parts: list[Token]) -> Built:
        (token,) = parts
        return column(str(token), _offset(token))

    def call(self, parts: list[Any]) -> Built:
        token, *arguments = parts
        given = [
            argument if isinstance(argument, Argument) else Argument(argument)
            for argument in arguments
            if argument is not None
        ]
        return call(str(token), _offset(token), given)

    def keyword(self, parts: list[Any]) -> Argument:
        name, _, value = parts
        return Argument(value, keyword=str(name), offset=_offset(name))

    def plus(self, parts: list[Any]) -> Built:
        sign, operand = parts
        return built(operand.numeric(), operand, offset=_offset(sign))

    def minus(self, parts: list[Any]) -> Built:
        sign, operand = parts
        return built(tree.Minus(operand.numeric()), operand, offset=_offset(sign))

    def arithmetic(self, parts: list[Any]) -> Built:
        left, operator, right = parts
        node = tree.Arithmetic(str(operator), left.numeric(), right.numeric())
        return built(node, left, right, offset=left.offset)

    def compared(self, parts: list[Any]) -> Built:
        """Build ``a < b < c`` as ``a < b and b < c``."""
        pairs = tuple(
            tree.Comparison(str(operator), left.numeric(), right.numeric())
            for left, operator, right in zip(
                parts[0::2], parts[1::2], parts[2::2], strict=False
            )
        )
        node = pairs[0] if len(pairs) == 1 else tree.AllOf(pairs)
        return built(node, *parts[0::2], offset=parts[0].offset)

    def negated(self, parts: list[Any]) -> Built:
        word, operand = parts
        return built(tree.Not(operand.condition()), operand, offset=_offset(word))

    def all_of(self, parts: list[Built]) -> Built:
        node = tree.AllOf(tuple(part.condition() for part in parts))
        return built(node, *parts, offset=parts[0].offset)

    def any_of(self, parts: list[Built]) -> Built:
        node = tree.AnyOf(tuple(part.condition() for part in parts))
        return built(node, *parts, offset=parts[0].offset)

    def start(self, parts: list[Built]) -> Built:
        (whole,) = parts
        whole.condition()
        return whole


@lru_cache(maxsize=512)
def parse(text: str) -> Built:
    """Return the checked tree of a rule.

    Raises
    ------
    RuleError
        If `text` is too long, is no expression, names what does not exist, mixes
        numbers and conditions, or is too deep, too large or looks too far back.
    """
    if len(text) > MAX_LENGTH:
        raise RuleError(
            MAX_LENGTH, f"is {len(text)} characters long; at most {MAX_LENGTH} are read"
        )
    try:
        return cast("Built", _parser()(text))
    except UnexpectedInput as error:
        raise _unexpected(error, text) from None


def place_of(text: str, offset: int) -> str:
    """Return a character's place as a person counts lines and columns."""
    before = text[:offset]
    line = before.count("\n") + 1
    return f"line {line}, column {offset - (before.rfind(chr(10)) + 1) + 1}"


@cache
def _parser() -> Callable[[str], Any]:
    grammar = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(
        grammar, parser="lalr", transformer=_Builder(), maybe_placeholders=False
    ).parse


def _offset(token: Token) -> int:
    return token.start_pos or 0


def _unexpected(error: UnexpectedInput, text: str) -> RuleError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        hint = _EQUALITY if error.token.type == "EQUALS" else ""
        return RuleError(
            _offset(error.token), f"{error.token.value!r} is unexpected{hint}"
        )
    if isinstance(error, UnexpectedCharacters):
        offset = cast("int", error.pos_in_stream)
        hint = _EQUALITY if text[offset] == "=" else ""
        return RuleError(offset, f"{text[offset]!r} is unexpected{hint}")
    return RuleError(len(text), "the expression ends too early")
