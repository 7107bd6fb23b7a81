"""The argument and variables that flow along the links, and the placeholders that they fill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Union

Query = Union[str, tuple[str, ...]]

_PLACEHOLDER = re.compile(r"\{(?:(query)|var:([^{}]+)|const:([^{}]+))\}")


def as_text(query: Query) -> str:
    """Return the text of {query}: an array is joined with TABs."""
    return query if isinstance(query, str) else "\t".join(query)


def as_query(value: str | list[str] | tuple[str, ...] | None) -> Query:
    """Read the `arg` of Alfred's JSON; a missing one is empty."""
    if value is None:
        return ""
    return value if isinstance(value, str) else tuple(value)


@dataclass(frozen=True)
class Stream:
    """The argument and the variables on a link.

    `overrides` is the partial config that a script may set for the next objects.
    """

    query: Query = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def with_query(self, query: Query) -> Stream:
        """Return the same variables with another argument."""
        return replace(self, query=query)

    def with_variables(self, variables: Mapping[str, str]) -> Stream:
        """Return the same argument with *variables* added."""
        return replace(self, variables={**self.variables, **variables})


def _unchanged(text: str) -> str:
    return text


@dataclass(frozen=True)
class Scope:
    """The values for placeholders: constants and settings, which the stream's variables override."""

    constants: Mapping[str, str]
    settings: Mapping[str, str]

    def variables(self, stream: Stream) -> dict[str, str]:
        """Return all workflow variables at this point; those of the stream override the rest."""
        return {**self.settings, **stream.variables}

    def expand(
        self,
        text: str,
        stream: Stream,
        query: Callable[[str], str] = _unchanged,
        variable: Callable[[str], str] = _unchanged,
    ) -> str:
        """Fill {query}, {var:x} and {const:x} once; unknown names become empty."""
        variables = self.variables(stream)

        def fill(found: re.Match[str]) -> str:
            if found[1]:
                return query(as_text(stream.query))
            if found[2]:
                return variable(variables.get(found[2], ""))
            return self.constants.get(found[3], "")

        return _PLACEHOLDER.sub(fill, text)


def variables_named_in(text: str) -> list[str]:
    """Return the names of the {var:x} placeholders in *text*."""
    return [found[2] for found in _PLACEHOLDER.finditer(text) if found[2]]
