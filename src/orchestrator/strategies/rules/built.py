"""A node under construction, with its place in the text and what it will cost."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.strategies.rules import tree
from orchestrator.strategies.rules.names import MAX_LOOKBACK

MAX_DEPTH = 32
MAX_NODES = 128


class RuleError(ValueError):
    """A text that is no rule: what is wrong, and at which character."""

    def __init__(self, offset: int, detail: str) -> None:
        super().__init__(detail)
        self.offset = offset
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A node, where its text starts, and the size of the tree below it.

    `lookback` is how many bars before this one the first value needs; `work` how
    many values are read to work one bar out.
    """

    node: tree.Node
    offset: int
    depth: int
    nodes: int
    lookback: int
    work: int

    def numeric(self) -> tree.Numeric:
        """Return the node, which must be a number.

        Raises
        ------
        RuleError
            If it is a condition.
        """
        if isinstance(self.node, tree.Numeric):
            return self.node
        raise RuleError(self.offset, "this is a condition where a number is needed")

    def condition(self) -> tree.Condition:
        """Return the node, which must be a condition.

        Raises
        ------
        RuleError
            If it is a number.
        """
        if isinstance(self.node, tree.Condition):
            return self.node
        raise RuleError(
            self.offset,
            "this is a number where a condition is needed; compare it with something",
        )


def built(
    node: tree.Node,
    *parts: Built,
    offset: int,
    lookback: int = 0,
    work: int = 1,
) -> Built:
    """Return `node` above its parts, adding `lookback` and `work` of its own.

    Raises
    ------
    RuleError
        If the tree is now too deep, too large or looks too far back.
    """
    whole = Built(
        node=node,
        offset=offset,
        depth=1 + max((part.depth for part in parts), default=0),
        nodes=1 + sum(part.nodes for part in parts),
        lookback=lookback + max((part.lookback for part in parts), default=0),
        work=work + sum(part.work for part in parts),
    )
    if whole.depth > MAX_DEPTH:
        raise RuleError(offset, f"is nested more than {MAX_DEPTH} deep")
    if whole.nodes > MAX_NODES:
        raise RuleError(offset, f"has more than {MAX_NODES} parts")
    if whole.lookback > MAX_LOOKBACK:
        raise RuleError(
            offset,
            f"looks {whole.lookback} bars back; at most {MAX_LOOKBACK} are allowed",
        )
    return whole
