"""`python -m tests.standin` serves the default world until its input ends or it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from .server import StandIn


def main() -> None:
    """Say where it listens, then serve."""
    parser = argparse.ArgumentParser(prog="standin", description="Serves the default world.")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: any)")
    port = parser.parse_args().port
    done = threading.Event()

    def stop(*_: object) -> None:
        done.set()

    def stop_with_the_input() -> None:
        sys.stdin.read()
        done.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    with StandIn(port=port) as stand_in:
        sys.stdout.write(f"HEADROOM_LOOPBACK={stand_in.url}\n")
        sys.stdout.flush()
        threading.Thread(target=stop_with_the_input, daemon=True).start()
        done.wait()


if __name__ == "__main__":
    main()
