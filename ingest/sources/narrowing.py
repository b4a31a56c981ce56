"""Finds the one mail among several that a server does not deliver, so that the others are fetched.

A refused command is repeated in halves on the same connection. A lost connection costs a login per try, and
servers limit logins: then the mails are requested one by one, so that the bad one costs only one more login.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.sources.imap_answers import FetchAnswer, Literal
from ingest.sources.imap_wire import CommandRefusedError, ConnectionLostError

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One mail that was requested alone and not delivered.

    :meth:`reconnect` is called after the refusal is recorded, so that a failing login does not lose it.
    """

    words: str
    connection_lost: bool
    reconnect: Callable[[], None]


def narrow(
    uids: Sequence[int],
    ask: Callable[[Sequence[int]], _Answer],
    on_loss: Callable[[ConnectionLostError], None],
) -> Iterator[tuple[Sequence[int], _Answer | Refusal]]:
    """Yields parts of these UIDs with the server's answer, in order; a refused part has one UID.

    Args:
        ask: requests some UIDs.
        on_loss: makes a new connection, or raises.
    """
    parts = deque([list(uids)] if uids else [])
    while parts:
        part = parts.popleft()
        try:
            answer = ask(part)
        except CommandRefusedError as error:
            if len(part) == 1:
                yield part, Refusal(error.words, False, _nothing)
            else:
                parts.extendleft((part[len(part) // 2 :], part[: len(part) // 2]))
        except ConnectionLostError as error:
            if len(part) == 1:
                lost = error
                yield part, Refusal(str(error), True, lambda lost=lost: on_loss(lost))  # type: ignore[misc]
            else:
                on_loss(error)
                parts.extendleft([uid] for uid in reversed(part))
        else:
            yield part, answer


def _nothing() -> None:
    return


def matching_body(uid: int, described: FetchAnswer | None, answers: Sequence[FetchAnswer]) -> Literal | None:
    """Returns the body that certainly belongs to this message, by its UID and by its number in the folder or its size.

    Some servers omit the UID from the answer, or send another. The message's number in the folder and its
    size were requested before and identify its body. As RFC822.SIZE is not exact everywhere, one of the two
    suffices with the UID; without it both are required.
    """
    named = [answer for answer in answers if answer.uid == uid and answer.body is not None]
    if not named and described is not None:
        named = [
            answer
            for answer in answers
            if answer.uid is None and answer.body is not None and _same_place(answer, described)
            and _same_size(answer, described)
        ]  # fmt: skip
    if len({answer.body for answer in named}) != 1:
        return None
    answer = named[0]
    if described is not None and not (_same_place(answer, described) or _same_size(answer, described)):
        return None
    if not answer.body and (described is None or described.size != 0):
        return None
    return answer.body


def _same_place(answer: FetchAnswer, described: FetchAnswer) -> bool:
    return answer.sequence == described.sequence


def _same_size(answer: FetchAnswer, described: FetchAnswer) -> bool:
    return answer.body is not None and described.size == len(answer.body)
