"""Hypothesis tries all examples, except in the inner loop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import profiles


@pytest.fixture(autouse=True)
def profile() -> Iterator[None]:
    """Restore the profile of this run after the test."""
    before = settings().max_examples
    yield
    profiles.load(inner=before == profiles.FEW)


@pytest.mark.parametrize(("inner", "examples"), [(True, 100), (False, 400)])
def test_the_inner_loop_meets_a_quarter(inner: bool, examples: int) -> None:
    profiles.load(inner=inner)
    assert profiles.scaled(400) == examples
    assert settings().deadline is None


def test_the_whole_meets_what_a_property_says(pytestconfig: pytest.Config) -> None:
    inner = pytestconfig.getoption("markexpr") == "not slow"
    assert profiles.scaled(300) == (75 if inner else 300)
