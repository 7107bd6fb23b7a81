"""Reads what an answer refuses, by a table that each provider gives.

The table names a code (a number or a word), a sign (a piece of what is said with the code) or an HTTP
status, and for each the error and our own sentence; without a sentence the error's own is said.
"""

from __future__ import annotations

from typing import Mapping, Optional, Tuple, Type, Union

from ..errors import Blocked, CredentialRejected, UnexpectedResponse, UsageError
from ..i18n.message import Message
from . import answer as answers
from .answer import Answer

Refusal = Tuple[Type[UsageError], Optional[Message]]
Table = Mapping[Union[int, str], Refusal]


def refusal(
    answer: Answer,
    table: Table,
    *codes: Union[int, str, None],
    said: str = "",
    unknown: object = None,
    rejected: Optional[Message] = None,
) -> Optional[UsageError]:
    """Tell what an answer refuses; None when it refuses nothing.

    An edge or a country that is in the way comes first. Then the table is asked for a sign and for the
    codes, and what it lacks is what the status means at every provider.

    Args:
        codes: what the answer calls its error, the most telling first, and the HTTP status where the
            table has one; None where it tells none.
        said: what it says of its error, in lower case; a sign of the table is a part of it.
        unknown: a code that is none of success, quoted where neither table nor status explain it.
        rejected: the sentence for a credential that is refused without a code; the vendor's own
            message is put into it.
    """
    error = answers.status_error(answer)
    if isinstance(error, Blocked):
        return error
    signs = (key for key in table if isinstance(key, str) and said and key in said)
    for key in (*signs, *codes):
        if key is not None and key in table:
            kind, words = table[key]
            return kind(words, retry_at=answers.retry_at(answer))
    if rejected is not None:
        error = answers.rejected(answer, rejected)
    if unknown is not None and (error is None or isinstance(error, UnexpectedResponse)):
        return answers.unknown_error(answer, unknown)
    return error


def telling(main: UsageError, other: UsageError) -> UsageError:
    """Choose the one of two failures to show: a doubtful main one gives way to one that knows more."""
    doubtful = isinstance(main, (CredentialRejected, UnexpectedResponse))
    return other if doubtful and not isinstance(other, UnexpectedResponse) else main
