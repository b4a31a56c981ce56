"""Takes in mail: fetches it, finds the unit of each table, and drafts what the store records of a message.

This room holds the mail sources (IMAP, folders), the attribution to units, and the pipeline that every
message goes through (:mod:`ingest.pipeline`, its steps in :mod:`ingest.processing`). The drafts
(:mod:`ingest.drafting`) and the modules they use are pure; only sources and the pipeline use the network or the
store. No module here reads cells, judges cases, or writes to people.
"""
