"""The harness's recorders, for the tests of this folder."""

from __future__ import annotations

from tests.alfred_harness.conftest import recorders

__all__ = ["recorders"]
