"""Narrows down which mail of several a server does not give, so that the others come in.

A refused command is asked again in halves, on the same connection. Where the connection was lost every try costs a
login, and servers count logins: then the mails are asked for one by one, so that the bad one costs one login more.
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
    """One mail that was asked for alone and not given.

    :meth:`reconnect` is called once that is written down, so that a login that fails does not lose it.
    """

    words: str
    connection_lost: bool
    reconnect: Callable[[], None]


def narrow(
    uids: Sequence[int],
    ask: Callable[[Sequence[int]], _Answer],
    on_loss: Callable[[ConnectionLostError], None],
) -> Iterator[tuple[Sequence[int], _Answer | Refusal]]:
    """Each part of these UIDs with its answer, in order; a part with a refusal is of one UID.

    Args:
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
    """The body that is surely this message's: by UID, and by its place in the folder or its size.

    Some servers leave the UID out of the answer, or give another one; the number in the folder and the size, asked
    for before, tell whose body it is. RFC822.SIZE alone is not exact everywhere, so either of the two is enough
    beside the UID, and both are needed without it.
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
