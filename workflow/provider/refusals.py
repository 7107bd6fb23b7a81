"""Finds the error of an answer in a table that each provider has.

A key of the table is a code (a number or a word), a sign (a part of the vendor's message) or an HTTP
status. Its value is the error and our sentence, or None for the error's default sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Optional, Union

from ..errors import Blocked, CredentialRejected, UnexpectedResponse, UsageError, WrongCredential
from ..i18n.message import Message
from . import answer as answers
from . import reading
from .answer import Answer
from .reading import Fields

Refusal = tuple[type[UsageError], Optional[Message]]
Table = Mapping[Union[int, str], Refusal]
NOTHING: Table = {}
_BLOCKS = ("error", "detail")
_TEXTS = ("type", "code", "status", "message", "msg")


def refusal(
    answer: Answer,
    table: Table,
    *codes: Union[int, str, None],
    message: str = "",
    unknown: object = None,
    rejected: Message = CredentialRejected.default,
) -> UsageError | None:
    """Find the error of an answer; None for a success.

    A block by an edge or a country comes first, then a sign or a code of the table, then the meaning that
    the status has at every provider.

    Args:
        answer: the answer.
        table: the provider's own codes, signs and statuses.
        codes: the codes of the answer, the most specific first, and its HTTP status if the table has
            statuses; None for a code that is missing.
        message: the vendor's message in lower case, which is searched for the signs.
        unknown: a code that does not mean success, quoted if neither table nor status explain it.
        rejected: the sentence for a credential that is refused without a known code; it quotes the
            vendor's own message.
    """
    error = answers.rejected(answer, rejected)
    if isinstance(error, Blocked):
        return error
    signs = (key for key in table if isinstance(key, str) and key in message)
    for key in (*signs, *codes):
        if key is not None and key in table:
            kind, sentence = table[key]
            return kind(sentence, retry_at=answers.retry_at(answer))
    if unknown is not None and (error is None or isinstance(error, UnexpectedResponse)):
        return answers.unknown_error(answer, unknown)
    return error


def document(answer: Answer, table: Table = NOTHING) -> dict[str, Any]:
    """Parse the JSON object of a successful answer, as most vendors send it.

    Raises the UsageError of any other answer: first by the signs of the table in the type, the code and the
    message of its error, then by its status.
    """
    fields = reading.mapping(answer.document())
    message = "\n".join(_texts(fields)).lower() if 400 <= answer.status < 500 else ""
    error = refusal(answer, table, answer.status, message=message)
    if error is not None:
        raise error
    if not fields or fields.get("error") or fields.get("success") is False:
        raise answers.unknown_error(answer)
    return fields


def documents(
    answers: Iterable[Answer], table: Table = NOTHING
) -> tuple[list[dict[str, Any]], UsageError | None]:
    """Parse the answers about the parts of an account, but leave out parts that the key may not read.

    Returns the documents, and the last refusal to let the key read a part. Raises the UsageError of any
    other failure, because a part that is missing for a while would change the sum of all.
    """
    parsed, refused = [], None
    for answer in answers:
        try:
            parsed.append(document(answer, table))
        except (CredentialRejected, WrongCredential) as error:
            refused = error
    return parsed, refused


def _texts(fields: Fields) -> Iterator[str]:
    """Yield the texts of an error from all fields where vendors put them; they are never shown."""
    for block in (fields, *(reading.mapping(fields.get(name)) for name in _BLOCKS)):
        yield from (block[name] for name in (*_BLOCKS, *_TEXTS) if isinstance(block.get(name), str))


def clearer(main: UsageError, other: UsageError) -> UsageError:
    """Choose the error to show: ``other`` if ``main`` is doubtful and ``other`` is more specific."""
    doubtful = isinstance(main, (CredentialRejected, UnexpectedResponse))
    return other if doubtful and not isinstance(other, UnexpectedResponse) else main
