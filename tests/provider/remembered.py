"""What one process remembers of the providers."""

from __future__ import annotations

from workflow.recognition import other_services, owners, ownership


def forget() -> None:
    """Drop it, so that a test neither misses nor leaves a provider."""
    for kept in (
        ownership.shapes,
        owners.at_an_address,
        owners._domains,
        owners.variables,
        other_services._lookalikes,
    ):
        kept.cache_clear()
