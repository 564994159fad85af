"""The policies in force: shipped ones, the operator's, a default and a floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from orchestrator.errors import InvalidRequestError, PolicyTooLaxError
from orchestrator.gate.policies import Policy, laxer_of_record, laxer_rules
from orchestrator.gate.policy_file import Layers, PolicyFile, PolicyFileError
from orchestrator.spec import GateSpec

_SHIPPED_DEFAULT = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """Every policy a caller may name; open one with `PolicyBook.load`.

    Parameters
    ----------
    policies : Mapping of str to Policy
    default : str
        What a gate without a policy is judged by; never laxer than the floor.
    floor : str or None
        No caller may ask for a policy laxer than this one.
    """

    policies: Mapping[str, Policy]
    default: str = _SHIPPED_DEFAULT
    floor: str | None = None

    @classmethod
    def load(cls, path: Path | None = None) -> PolicyBook:
        """Return the shipped policies with an operator's file over them.

        Raises
        ------
        PolicyFileError
            If the file cannot be read or breaks a rule: file, line and rule.
        """
        if path is None:
            return cls.parse("", source="no file")
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PolicyFileError(f"{path}: cannot be read: {error}") from None
        return cls.parse(text, source=str(path))

    @classmethod
    def parse(cls, text: str, *, source: str) -> PolicyBook:
        """Return the shipped policies with the TOML of `text` over them.

        Raises
        ------
        PolicyFileError
            If it breaks a rule.
        """
        shipped = resources.files("orchestrator.gate").joinpath("shipped.toml")
        operator = PolicyFile.parse(text, source=source)
        layers = Layers(
            shipped=PolicyFile.parse(
                shipped.read_text(encoding="utf-8"), source="shipped.toml"
            ),
            operator=operator,
        )
        book = cls(
            policies=MappingProxyType(layers.resolve_all()),
            default=operator.default or operator.floor or _SHIPPED_DEFAULT,
            floor=operator.floor,
        )
        book._check(operator)
        return book

    def choose(self, name: str | None, *, pointer: str = "/gate/policy") -> Policy:
        """Return the policy a caller asks for, or the default.

        Raises
        ------
        InvalidRequestError
            If no policy has that name.
        PolicyTooLaxError
            If any rule of it is laxer than the floor's.
        """
        if name is None:
            return self.policies[self.default]
        if name not in self.policies:
            known = sorted(self.policies)
            near = get_close_matches(name[:64], known, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            named = ", ".join(known[:20])
            detail = f"{name[:64]!r} is not a policy: {hint}there are {named}"
            raise InvalidRequestError.at(pointer, detail)
        laxer = self._laxer_than_floor(name)
        if laxer:
            detail = (
                f"policy {name!r} is laxer than the floor {self.floor!r} in "
                f"{', '.join(laxer)}"
            )
            raise PolicyTooLaxError.at(pointer, detail)
        return self.policies[name]

    def hash_for(self, gate: GateSpec | None) -> str:
        """Return the hash of what would judge a gate now; empty without one.

        Raises
        ------
        OrchestratorError
            As `choose`.
        """
        return "" if gate is None else self.choose(gate.policy).sha256()

    def refusal(self, policy: Mapping[str, Any], source: str) -> str | None:
        """Return why a policy of the record would judge nothing today, if so.

        Parameters
        ----------
        policy : mapping
            Its ``name`` and ``rules``, as the answer has them.
        source : str
            Where the bars came from: what else it passes is of no concern.
        """
        if self.floor is None:
            return None
        rules: Mapping[str, Any] = policy.get("rules") or {}
        laxer = [
            name
            for name in laxer_of_record(rules, self.policies[self.floor])
            if name != "sources" or source not in self.policies[self.floor].sources
        ]
        if not laxer:
            return None
        return (
            f"policy {str(policy.get('name'))!r} is laxer than the floor "
            f"{self.floor!r} in {', '.join(laxer)}"
        )

    def allows(self, name: str) -> bool:
        """Return whether a caller may ask for a policy by this name."""
        return name in self.policies and not self._laxer_than_floor(name)

    def _laxer_than_floor(self, name: str) -> tuple[str, ...]:
        if self.floor is None:
            return ()
        return laxer_rules(self.policies[name], self.policies[self.floor])

    def _check(self, file: PolicyFile) -> None:
        for key, name in (("default", file.default), ("floor", file.floor)):
            if name is not None and name not in self.policies:
                raise file.fault(f"{key}: no policy is named {name!r}", key)
        laxer = self._laxer_than_floor(self.default)
        if laxer:
            raise file.fault(
                f"default {self.default!r} is laxer than the floor {self.floor!r} in "
                f"{', '.join(laxer)}",
                "default",
            )
