"""Takes in mail: fetches it, finds the unit of each table, and drafts what the store records of a message.

Here live the sources (IMAP, folders), attribution, and the one pass that every message takes
(:mod:`ingest.pipeline`). :mod:`ingest.draft_message` and what it composes are pure; only sources and the
pipeline touch the network or the store. Nothing here reads cells, judges, or writes to people.
"""
