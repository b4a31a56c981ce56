"""Polls hostile mails ("bombs") one after another, each with a harmless mail, and measures their cost (``make bombs``)."""
