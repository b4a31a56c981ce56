"""An office that polls an IMAP peer once, impatiently, and what the poll brought."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ingest.poll_summary import PollSummary
from ingest.sources.imap import ImapSource
from ingest.sources.imap_wire import Patience
from kongchuo.office import Office
from kongchuo.usecases.polling import poll_office
from store.stored_values import Disposition, StoredFile
from tests.builders.servers.imap_peer import Peer

END = datetime.max.replace(tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
HURRIED = Patience(connect=5, silence=0.4, bad=0.1, reconnect=0)


def poll_once(office: Office, peer: Peer, *, compare: tuple[str, ...] = ()) -> PollSummary:
    source = ImapSource(peer.mailbox, "abcdefghijklmnop", zone=ZONE, patience=HURRIED)
    return poll_office(office, [source], compare=compare)


def uids_of(office: Office) -> set[int]:
    return {
        int(file.subject.removeprefix("mail ")) for file in office.store.files.arrived(END) if file.subject
    }


def quarantined(office: Office) -> list[StoredFile]:
    return [
        file
        for file in office.store.files.arrived(END, Disposition.QUARANTINED)
        if file.reason_code == "not-fetched"
    ]
