"""A certificate nobody trusts."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

COMMAND = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 2 "
    "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1,DNS:localhost "
    "-keyout key.pem -out certificate.pem"
)


def self_signed() -> ssl.SSLContext:
    """A server context with a fresh self-signed certificate for 127.0.0.1; its key is not kept."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        subprocess.run(COMMAND.split(), cwd=folder, check=True, capture_output=True)
        context.load_cert_chain(Path(folder, "certificate.pem"), Path(folder, "key.pem"))
    return context
