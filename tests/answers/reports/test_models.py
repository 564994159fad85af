"""A page changes when its author means it to, and writes the kept one anew."""

from __future__ import annotations

import pytest

from tests.answers.reports.models import REQUESTS, file_of, model_of


@pytest.mark.parametrize("name", REQUESTS)
def test_is_the_one_that_is_kept(name: str) -> None:
    assert model_of(name) == file_of(name).read_text()
