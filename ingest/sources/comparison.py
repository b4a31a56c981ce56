"""Compares the UIDs of a folder with the stored ones, to find missed messages and folders made anew."""

from collections.abc import Collection, Mapping, Sequence

from ingest.sources.imap_answers import digest_of
from ingest.sources.imap_session import ImapSession
from ingest.sources.imap_wire import CommandRefusedError
from ingest.sources.narrowing import matching_body

PLACES_PER_SEARCH = 1000  # known places in the range of one SEARCH, so that no answer grows long
SAMPLES = 5
_MOST_DOUBLED = 10


def list_uids(session: ImapSession, places: Collection[int]) -> list[int] | None:
    """Returns all UIDs of the folder, ascending, or None if the server does not answer.

    They are requested in ranges, since some servers truncate a long answer.
    """
    uids: set[int] = set()
    for first, last in _ranges(sorted(places)):
        listed = session.search_uids(first, last)
        if listed is None:
            return None
        uids.update(listed)
    return sorted(uids)


def _ranges(places: Sequence[int]) -> list[tuple[int, int | None]]:
    """Returns ranges that cover all UIDs, each with at most ``PLACES_PER_SEARCH`` known ones; the last has no end."""
    ends = places[PLACES_PER_SEARCH - 1 :: PLACES_PER_SEARCH]
    firsts = [1, *(end + 1 for end in ends)]
    return list(zip(firsts, [*ends, None], strict=True))


def was_made_anew(session: ImapSession, places: Mapping[int, str], turn: int) -> bool:
    """Returns whether known UIDs now have other mail, as after a restore with the old UIDVALIDITY.

    A few messages are fetched and their bytes compared. A server that does not deliver equal bytes twice (it
    adds a header when sending) cannot be checked.

    Args:
        places: by known UID, the SHA-256 of its message.
        turn: the number of the day, which selects the sample.
    """
    for uid in _samples(places, turn):
        digest = _digest(session, uid)
        if digest is not None and digest != places[uid] and digest == _digest(session, uid):
            return True
    return False


def _samples(places: Mapping[int, str], turn: int) -> list[int]:
    """Returns UIDs spread over the folder, and the lower UID of some messages that are known at two.

    A message that moved to a new UID is fetched there as new, so its former UID may now have another one.
    """
    uids = sorted(places)
    last_of = {places[uid]: uid for uid in uids}
    doubled = [uid for uid in uids if last_of[places[uid]] != uid]
    step = max(1, len(uids) // SAMPLES)
    return sorted({*doubled[:_MOST_DOUBLED], *uids[turn % step :: step], *uids[-1:]})


def _digest(session: ImapSession, uid: int) -> str | None:
    """Returns the SHA-256 of a message, or None if it is missing or not delivered."""
    described = {answer.uid: answer for answer in session.describe([uid])}.get(uid)
    if described is None:
        return None
    try:
        answers = session.bodies([uid], described.size or 0)
    except CommandRefusedError:
        return None
    body = matching_body(uid, described, answers)
    for answer in answers:
        answer.close()
    return None if body is None else digest_of(body)
