"""Replaces Python: it lets a server that has imported everything fork the scripts of the installed folder.

The first test of a run that starts a script for some purpose still starts real Python, also when the test
is rerun, so that a script which fails only in a new interpreter is noticed. All other commands go to real
Python. This file is started by path and isolated. It imports next to nothing, because hundreds of
processes run it.
"""

import marshal
import posix
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socket

ENCODING = sys.getfilesystemencoding()
BY_FIRST_ARGUMENT = ("usage.py", "tankful.py")


def main(address: str, installed: str, claims: str, test: str, *command: str) -> None:
    """Run a command line of Python, in a fork if it is a script that was started for real before.

    Args:
        address: the server's socket.
        installed: the folder whose scripts are forked.
        claims: a folder with a file for each purpose, which names the test that came first.
        test: the id of this test.
        command: the arguments that Python was given.
    """
    flags, script, *args = [*command, "", ""][: max(2, len(command))]
    env = {_text(name): _text(value) for name, value in posix.environ.items()}
    forked = flags == "-IS" and script.startswith(f"{installed}/")
    if not forked or _is_first(f"{claims}/{_purpose(script, args, env)}", test):
        posix.execv(sys.executable, [sys.executable, *command])
    server = socket(AF_UNIX, SOCK_STREAM)
    server.connect(address)
    told = {"script": script, "args": args, "env": env, "folder": posix.getcwd()}
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
    message = marshal.dumps(told)
    sent = server.sendmsg([message], [(SOL_SOCKET, SCM_RIGHTS, streams)])
    server.sendall(message[sent:])
    server.shutdown(1)  # SHUT_WR: nothing more is sent
    answer = b""
    while answer.count(b"\n") < 2:
        part = server.recv(64)
        if not part:
            raise SystemExit(f"the server of forks said {answer!r} and no more")
        answer += part
    code = int(answer.split()[1])
    if code < 0:
        posix.kill(posix.getpid(), -code)
    posix._exit(code)


def _text(value: bytes) -> str:
    return value.decode(ENCODING, "surrogateescape")


def _purpose(script: str, args: list[str], env: dict[str, str]) -> str:
    name = script.rpartition("/")[2]
    words = [name, *(args[:1] if name in BY_FIRST_ARGUMENT else []), env.get("action", "")]
    return "".join(letter if letter.isalnum() else "-" for letter in " ".join(words))


def _is_first(claim: str, test: str) -> bool:
    """Tell whether this test is the first of the run with this purpose."""
    try:
        file = posix.open(claim, posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL, 0o600)
    except FileExistsError:
        file = posix.open(claim, posix.O_RDONLY)
        return posix.read(file, 1 << 16).decode() == test
    posix.write(file, test.encode())
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
