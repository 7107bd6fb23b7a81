"""Converts a credential to the text that is kept in the secret store, and back."""

from __future__ import annotations

import json
from typing import Any, cast

from ..errors import NoCredential
from ..models import Credential, CredentialKind, utc


def blank(size: int) -> str:
    """Make a placeholder of at least ``size`` characters, which ``unpack`` reads as an empty credential."""
    return json.dumps({"kind": "", "secret": "", "blank": "-" * size}, separators=(",", ":"))


def pack(credential: Credential) -> str:
    """Convert a credential to JSON, without its empty fields."""
    fields: dict[str, Any] = {"kind": credential.kind, "secret": credential.secret}
    if credential.cookie:
        fields["cookie"] = credential.cookie
    for field in ("expires_at", "session_expires_at"):
        when = getattr(credential, field)
        if when:
            fields[field] = when.isoformat()
    return json.dumps(fields, separators=(",", ":"))


def unpack(text: str) -> Credential:
    """Convert the JSON of ``pack`` back. Raises NoCredential for anything else."""
    try:
        fields = json.loads(text)
        return Credential(
            kind=cast("CredentialKind", _text(fields["kind"])),
            secret=_text(fields["secret"]),
            cookie=_text(fields.get("cookie", "")),
            expires_at=utc(fields.get("expires_at")),
            session_expires_at=utc(fields.get("session_expires_at")),
        )
    except Exception:  # any of them: its message may contain the secret
        raise NoCredential from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value
