"""Runs the scripts of Script Filter and Run Script objects."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import process, reference
from .environment import PATH
from .failures import BadOutput, BadScript, UnsupportedObject
from .log import Log, ScriptRun
from .stream import Query, as_text
from .workflow_file import WorkflowObject

BASH, ZSH, EXTERNAL, ZSH_NO_RCS = 0, 5, 8, 11
SYSTEM_PYTHON = "/usr/bin/python3"

_SHELLS = {BASH: ("bash",), ZSH: ("zsh",), ZSH_NO_RCS: ("zsh", "--no-rcs")}

_ESCAPED = {1: " ", 2: "`", 4: '"', 8: "()[]{}<>", 16: ";", 32: "$", 64: "\\"}


@dataclass(frozen=True)
class Runner:
    """Runs the scripts of one workflow folder and writes each run into the log."""

    folder: Path
    env: Mapping[str, str]
    log: Log
    python: str | None = None
    timeout: float = 30.0

    def run(self, item: WorkflowObject, query: Query, variables: Mapping[str, str]) -> ScriptRun:
        """Run the script of *item*, whatever its language."""
        return self._run(item, self._command(item, query), variables)

    def run_file(
        self, item: WorkflowObject, file: str, query: Query, variables: Mapping[str, str]
    ) -> ScriptRun:
        """Run the external script *file*, which *item* names."""
        return self._run(item, [*self._external(item, file), *_arguments(item, query)], variables)

    def _run(
        self, item: WorkflowObject, argv: list[str], variables: Mapping[str, str]
    ) -> ScriptRun:
        env = {**self.env, **variables}
        done = process.run(argv, env, self.folder, self.timeout)
        run = ScriptRun(
            object=item.uid,
            argv=tuple(argv),
            env=env,
            cwd=self.folder,
            stdout=done.stdout.decode("utf-8", "replace"),
            stderr=done.stderr.decode("utf-8", "replace"),
            rc=done.rc,
            seconds=done.seconds,
        )
        self.log.append(run)
        if run.stdout.encode() != done.stdout:
            raise bad_output(item, run, "the output is not UTF-8")
        return run

    def _command(self, item: WorkflowObject, query: Query) -> list[str]:
        language = item.config["type"]
        if language == EXTERNAL:
            return [
                *self._external(item, item.config["scriptfile"]),
                *_arguments(item, query),
            ]
        if language not in _SHELLS:
            raise UnsupportedObject(f"{item.name} uses language {language}; only 0, 5, 8, 11 run")
        shell, *flags = _SHELLS[language]
        found = shutil.which(shell, path="/bin:" + PATH)
        if not found:
            raise UnsupportedObject(f"{item.name} needs {shell}, which is not installed")
        script = item.config["script"]
        if item.config["scriptargtype"] == 0:
            text = escape(as_text(query), item.config["escaping"])
            return [found, *flags, "-c", script.replace("{query}", text), found]
        return [found, *flags, "-c", script, found, *_arguments(item, query)]

    def _external(self, item: WorkflowObject, name: str) -> list[str]:
        file = self.folder / name
        problem = script_problem(file)
        if problem:
            raise BadScript(f"{item.name}: {name or 'the script file'} {problem}")
        return command(file, self.python) if self.python else [str(file)]


def command(file: Path, python: str) -> list[str]:
    """Return the command line of a script, with *python* instead of the Python that it names.

    A Python script names it in its shebang; a shell script starts it as /usr/bin/python3.
    """
    program, *flags = shebang(file)
    if os.path.basename(program).startswith("python"):
        return [python, *flags, str(file)]
    text = file.read_text(encoding="utf-8")
    if os.path.basename(program) in ("sh", "bash") and SYSTEM_PYTHON in text:
        return [program, "-c", text.replace(SYSTEM_PYTHON, shlex.quote(python)), str(file)]
    return [str(file)]


def escape(text: str, mask: int) -> str:
    """Put a backslash before the characters of the bitmask."""
    special = "".join(characters for bit, characters in _ESCAPED.items() if mask & bit)
    return "".join("\\" + letter if letter in special else letter for letter in text)


def script_problem(file: Path) -> str:
    """Say why Alfred cannot run *file* as an External Script; "" if it can."""
    if not file.is_file():
        return "does not exist"
    if not os.access(file, os.X_OK):
        return "is not executable"
    with open(file, "rb") as script:
        if not script.readline().startswith(b"#!/"):
            return "has no shebang with an absolute interpreter"
    return ""


def shebang(file: Path) -> list[str]:
    """Return the interpreter of *file* and its flags, without `env`."""
    with open(file, encoding="utf-8") as script:
        program, _, rest = script.readline()[2:].strip().partition(" ")
    if os.path.basename(program) == "env":
        program, _, rest = rest.strip().partition(" ")
    return [program, rest.strip()] if rest.strip() else [program]


def bad_output(item: WorkflowObject, run: ScriptRun, problem: str) -> BadOutput:
    """Make a failure that names the script and shows all its output."""
    return BadOutput(
        f"{item.name}: {problem}\n"
        f"argv: {list(run.argv)}\nrc: {run.rc}\n"
        f"stdout: {run.stdout[:4000]!r}\nstderr: {run.stderr[-4000:]!r}"
    )


def read_output(item: WorkflowObject, run: ScriptRun, schema: str) -> Any:
    """Read the JSON that a script printed. Raises BadOutput if Alfred cannot."""
    try:
        answer = reference.read_json(run.stdout)
    except ValueError as error:
        raise bad_output(item, run, f"no valid JSON: {error}") from error
    problems = reference.violations(schema, answer)
    if problems:
        raise bad_output(item, run, "against the schema: " + "; ".join(problems))
    return answer


def _arguments(item: WorkflowObject, query: Query) -> list[str]:
    if not isinstance(query, str):
        return list(query)
    if not query and item.config.get("argumenttreatemptyqueryasnil"):
        return []
    return [query]
