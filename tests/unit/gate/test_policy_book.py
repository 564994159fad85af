"""The operator's file: overriding, extending, floors, and faults with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import InvalidRequestError, PolicyTooLaxError
from orchestrator.gate import Policy, PolicyBook, PolicyFileError
from orchestrator.settings import SettingsError

DESK = """\
# our desk
default = "desk"
floor = "standard"

[policies.desk]
version = "2026-11"
extends = "strict"
min_closed_trades = 50
"""


def parse(text: str) -> PolicyBook:
    return PolicyBook.parse(text, source="policies.toml")


class TestLoad:
    def test_ships_three_and_judges_by_standard(self) -> None:
        book = PolicyBook.load()

        assert set(book.policies) == {"literal", "standard", "strict"}
        assert book.choose(None).name == "standard"
        assert book.floor is None

    def test_reads_the_operators_file(self, tmp_path: Path) -> None:
        path = tmp_path / "policies.toml"
        path.write_text(DESK, encoding="utf-8")

        book = PolicyBook.load(path)

        assert book.choose(None).name == "desk"
        assert book.policies["desk"].min_closed_trades == 50
        assert book.policies["desk"].min_psr == 0.95
        assert book.policies["desk"].version == "2026-11"

    @pytest.mark.parametrize("name", ["missing.toml", "."])
    def test_refuses_a_file_it_cannot_read(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(PolicyFileError, match="cannot be read"):
            PolicyBook.load(tmp_path / name)

    def test_refuses_a_file_that_is_not_utf_8(self, tmp_path: Path) -> None:
        path = tmp_path / "policies.toml"
        path.write_bytes(b"floor = '\xff'")

        with pytest.raises(PolicyFileError, match="cannot be read"):
            PolicyBook.load(path)


class TestParse:
    def test_overrides_what_ships_by_extending_it(self) -> None:
        book = parse('[policies.standard]\nversion = "9"\nextends = "standard"\n'
                     "min_returns = 100\n")  # fmt: skip

        assert book.policies["standard"].min_returns == 100
        assert book.policies["standard"].min_closed_trades == 30

    def test_lets_shipped_policies_follow_what_they_extend(self) -> None:
        book = parse('[policies.standard]\nversion = "9"\nextends = "standard"\n'
                     "min_closed_trades = 100\n")  # fmt: skip

        assert book.policies["strict"].min_closed_trades == 100

    def test_makes_the_floor_the_default(self) -> None:
        book = parse('floor = "strict"')

        assert book.choose(None).name == "strict"

    def test_takes_whole_numbers_for_floats(self) -> None:
        book = parse('[policies.desk]\nversion = "1"\nextends = "strict"\n'
                     "min_years = 3\n")  # fmt: skip

        assert book.policies["desk"].min_years == 3.0

    def test_hashes_lists_without_their_order(self) -> None:
        one, other = (
            parse(f'[policies.desk]\nversion = "1"\nextends = "strict"\n'
                  f"insufficient_on = {codes}").policies["desk"]
            for codes in ('["old_data", "sample_data"]', '["sample_data", "old_data"]')
        )  # fmt: skip

        assert one.sha256() == other.sha256()

    def test_stands_as_a_settings_error(self) -> None:
        with pytest.raises(SettingsError):
            parse("nonsense = 1")

    @pytest.mark.parametrize(
        ("text", "line", "words"),
        [
            ("floor = \n", 1, "not TOML"),
            ("\nfloor = 'standard'\nfloor = 'strict'\n", 3, "not TOML"),
            ("\ncolour = 'red'\n", 2, "unknown key 'colour'"),
            ("\n\nfloor = 'lofty'\n", 3, "no policy is named 'lofty'"),
            ("default = 'lofty'\n", 1, "no policy is named 'lofty'"),
            ("floor = 5\n", 1, "floor is the name of a policy"),
            (
                "floor = 'standard'\ndefault = 'literal'\n",
                2,
                "laxer than the floor 'standard' in enforced",
            ),
            ("policies = 5\n", 1, "table of policies"),
            ("[policies]\ndesk = 5\n", 2, "policies.desk is a table"),
            ("[policies.Desk]\nversion = '1'\n", 1, "not a policy name"),
            ("\n[policies.desk]\nextends = 'strict'\n", 2, "needs a version"),
            ("[policies.desk]\nversion = '1'\n", 1, "lacks enforced, min_returns"),
        ],
    )
    def test_says_where_and_which_rule(self, text: str, line: int, words: str) -> None:
        with pytest.raises(PolicyFileError) as caught:
            parse(text)

        message = str(caught.value)
        assert message.startswith("policies.toml")
        assert f"line {line}" in message
        assert words in message

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("min_returns = -1", "whole number from 0"),
            ("min_returns = 1.5", "whole number"),
            ("min_returns = true", "whole number"),
            ("min_returns = '60'", "whole number"),
            ("min_years = nan", "number from 0"),
            ("min_years = inf", "number from 0"),
            ("max_p_value_adjusted = 5", "number from 0 to 1"),
            ("max_p_value_adjusted = -0.1", "number from 0 to 1"),
            ("min_psr = 95", "number from 0 to 1"),
            ("max_drawdown_probability = nan", "number from 0 to 1"),
            ("max_drawdown_probability = 1979-05-27", "number from 0 to 1"),
            ("insufficient_on = 'sample_data'", "list of codes"),
            ("insufficient_on = [1]", "list of codes"),
            ("insufficient_on = ['Sample Data']", "mean 'sample_data'?"),
            ("insufficient_on = ['sampel_data']", "mean 'sample_data'?"),
            ("insufficient_on = ['old_data', '']", "holds ''"),
            ("insufficient_on = ['weak_evidence']", "none of its names"),
            ("trades_not_asked_of = 'signals'", "list of codes"),
            ("trades_not_asked_of = ['bye_and_hold']", "mean 'buy_and_hold'?"),
            ("enforced = 1", "true or false"),
            ("description = ''", "text of 1 to 200"),
            ("extends = 'nobody'", "no policy is named 'nobody'"),
            ("extends = 'desk'", "extend each other: desk -> desk"),
            ("min_return = 60", "not a rule of a policy"),
            ("name = 'x'", "not a rule of a policy"),
        ],
    )
    def test_says_which_value_is_wrong(self, line: str, words: str) -> None:
        text = (
            "# first\n[policies.other]\nversion = '1'\nextends = 'strict'\n\n"
            f"[policies.desk]\nversion = '1'\n{line}\n"
        )

        with pytest.raises(PolicyFileError) as caught:
            parse(text)

        assert "line 8" in str(caught.value)
        assert words in str(caught.value)

    def test_finds_policies_that_extend_each_other(self) -> None:
        with pytest.raises(PolicyFileError, match="extend each other"):
            parse("[policies.a]\nversion = '1'\nextends = 'b'\n"
                  "[policies.b]\nversion = '1'\nextends = 'a'\n")  # fmt: skip


class TestChoose:
    def test_allows_what_is_stricter_than_the_floor(self) -> None:
        book = parse('floor = "standard"')

        assert book.choose("strict").name == "strict"
        assert book.choose("standard").name == "standard"

    def test_refuses_what_is_laxer(self) -> None:
        with pytest.raises(PolicyTooLaxError) as caught:
            parse('floor = "standard"').choose("literal")

        assert caught.value.places[0].pointer == "/gate/policy"
        assert "in enforced" in caught.value.detail

    def test_refuses_what_cannot_be_compared(self) -> None:
        book = parse(
            'floor = "standard"\n[policies.odd]\nversion = "1"\nextends = "strict"\n'
            "min_closed_trades = 29\n"
        )

        with pytest.raises(PolicyTooLaxError, match="min_closed_trades"):
            book.choose("odd")

    @pytest.mark.parametrize("name", ["standrad", "", "STANDARD", "x" * 1000])
    def test_refuses_an_unknown_one(self, name: str) -> None:
        with pytest.raises(
            InvalidRequestError, match="there are literal, standard, strict"
        ) as caught:
            PolicyBook.load().choose(name, pointer="/gate/policy")

        assert not isinstance(caught.value, PolicyTooLaxError)

    def test_does_not_read_an_empty_name_as_none(self) -> None:
        with pytest.raises(InvalidRequestError):
            parse('floor = "strict"').choose("")


class TestAllows:
    def test_what_is_not_laxer_than_the_floor(self) -> None:
        book = parse(DESK)

        assert {name: book.allows(name) for name in book.policies} == {
            "desk": True,
            "literal": False,
            "standard": True,
            "strict": True,
        }
        assert not book.allows("nothing")


def recorded(policy: Policy) -> dict[str, object]:
    return policy.identity() | {"rules": policy.rules()}


class TestRefusal:
    def test_is_none_without_a_floor(self) -> None:
        book = PolicyBook.load()

        assert book.refusal(recorded(book.policies["literal"]), "csv") is None

    def test_names_the_rules_that_are_laxer(self) -> None:
        book = parse('floor = "strict"')

        refusal = book.refusal(recorded(book.policies["standard"]), "csv")

        assert refusal is not None
        assert "laxer than the floor 'strict' in" in refusal
        assert "min_psr" in refusal
        assert book.refusal(recorded(book.policies["strict"]), "csv") is None

    @pytest.mark.parametrize(
        ("source", "refused"), [("csv", False), ("inline", True), ("uploaded", True)]
    )
    def test_is_of_the_source_the_run_had(self, source: str, refused: bool) -> None:
        before = PolicyBook.load().policies["strict"]
        book = parse('floor = "strict"')

        assert (book.refusal(recorded(before), source) is not None) is refused

    def test_is_of_a_rule_the_record_does_not_know(self) -> None:
        book = parse('floor = "strict"')
        old = recorded(book.policies["strict"])
        del old["rules"]["max_age_days"]  # type: ignore[attr-defined]

        assert "max_age_days" in str(book.refusal(old, "csv"))


class TestSources:
    def test_are_all_without_a_floor(self) -> None:
        assert PolicyBook.load().policies["strict"].sources == (
            "csv",
            "data_service",
            "inline",
            "installed",
            "uploaded",
        )

    def test_are_the_operators_own_under_a_floor(self) -> None:
        book = parse('floor = "standard"')

        assert book.policies["strict"].sources == ("csv", "data_service", "installed")

    def test_may_be_named_under_a_floor(self) -> None:
        book = parse(
            'floor = "desk"\n[policies.desk]\nversion = "1"\nextends = "standard"\n'
            'sources = ["csv", "inline"]\n'
        )

        assert book.policies["desk"].sources == ("csv", "inline")
        assert not book.allows("strict")  # data_service is more than the floor takes
