"""Render the Script Filter's answer from accounts and cache, and keep it as the feed."""

from __future__ import annotations

from workflow.alfred import publish
from workflow.models import utc_now


def answer() -> bytes:
    """Return the answer as of now; keep the feed for the next keystroke, and start a refresh if one is due."""
    state, rendered = publish.feed_first()
    return publish.shown(rendered, state, utc_now())
