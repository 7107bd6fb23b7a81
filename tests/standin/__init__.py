"""A loopback server that answers like the providers that Tankful supports."""

from __future__ import annotations

from .message import Reply, Request
from .server import StandIn, pass_on
from .world import KEYS, World

__all__ = ["KEYS", "Reply", "Request", "StandIn", "World", "pass_on"]
