"""A loopback server that speaks like the providers Tankful asks."""

from __future__ import annotations

from .message import Reply, Request
from .server import StandIn, pass_on
from .world import KEYS, World

__all__ = ["KEYS", "Reply", "Request", "StandIn", "World", "pass_on"]
