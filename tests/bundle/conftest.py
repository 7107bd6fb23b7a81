"""The bundle for the tests of this folder."""

from __future__ import annotations

from .fixtures import bundle_file, unpacked_bundle

__all__ = ["bundle_file", "unpacked_bundle"]
