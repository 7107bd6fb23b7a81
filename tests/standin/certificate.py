"""Makes a certificate that nobody trusts."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

COMMAND = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 2 "
    "-subj /CN=127.0.0.1 -addext subjectAltName={names} "
    "-addext keyUsage=critical,digitalSignature,keyCertSign -keyout key.pem -out certificate.pem"
)


def self_signed(host: str = "localhost", keep: Path | None = None) -> ssl.SSLContext:
    """Make a server context with a new self-signed certificate; its key is not kept.

    Args:
        host: the host name of the certificate, beside 127.0.0.1.
        keep: where to save the certificate, for a client that shall trust it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    command = COMMAND.format(names=f"IP:127.0.0.1,DNS:{host}").split()
    with TemporaryDirectory() as folder:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        made = Path(folder, "certificate.pem")
        context.load_cert_chain(made, Path(folder, "key.pem"))
        if keep is not None:
            keep.write_bytes(made.read_bytes())
    return context
