"""Polls 66 bombs of six kinds together with a county's hundred mails, to measure what the others lose."""

import tempfile
from pathlib import Path

from bench.bombs import archives, documents, mails, words
from bench.bombs.measured_poll import Cost, poll_office
from kongchuo.demo.county import County, make_county
from tests.builders.offices.installed_office import write_office

_KINDS = {
    "tables": archives.BOMBS["zip of 1,900 tables"],
    "mimetype": archives.BOMBS["zip of zeros called a document"],
    "parts": mails.BOMBS["mail of 20,000 parts"],
    "cells": documents.BOMBS["html of a million cells"],
    "pages": documents.BOMBS["html of 300,000 tables"],
    "words": words.BOMBS["cells of digits"],
}
_OF_EACH = 11


def poll_together() -> tuple[Cost, Cost]:
    """Returns the cost of polling the county's mails without and with the bombs."""
    county = make_county(1, schools=25, mails=100, rows=20)
    sound = {f"county-{number}": sent.raw for number, sent in enumerate(county.mails)}
    bombs = {
        f"{kind}-{number}": b"X-Number: %d\r\n" % number + raw
        for kind, make in _KINDS.items()
        for raw in (make(),)
        for number in range(_OF_EACH)
    }
    return _poll(county, sound), _poll(county, sound | bombs)


def _poll(county: County, every: dict[str, bytes]) -> Cost:
    with tempfile.TemporaryDirectory(prefix="kongchuo-bombs-") as scratch:
        folder = Path(scratch)
        (folder / "mail").mkdir()
        office = write_office(folder, county, f'maildir = "{folder / "mail"}"')
        return poll_office(office.folder / "kongchuo.toml", every)
