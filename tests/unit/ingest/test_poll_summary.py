"""What one pass did, in counts."""

from ingest.poll_summary import summarise
from store.stored_values import Disposition
from tests.builders.values.sample_values import NO_SENDERS, a_file


def test_a_file_of_an_unproven_sender_needs_a_person() -> None:
    summary = summarise(1, 1, [a_file()], [], NO_SENDERS)

    assert (summary.recorded, summary.unconfirmed, summary.needs_person) == (1, 1, True)


def test_a_file_of_no_unit_waits_for_no_word_on_its_sender() -> None:
    summary = summarise(1, 1, [a_file(disposition=Disposition.IGNORED, links=())], [], NO_SENDERS)

    assert (summary.ignored, summary.unconfirmed, summary.needs_person) == (1, 0, False)
