"""Reads mail and files: raw bytes become attachments, tables, forms, records and problems.

Everything here is a pure function of the bytes and the notice: no clock, no network, no database,
and nothing raises for what a unit sends (a fault is a value with a Chinese reason). The steps are

* :mod:`parsers.mail.mime` (with :mod:`parsers.mail.header_names`): a raw message into head, text and attachments;
* :mod:`parsers.archives.unpack`: archives among the attachments into their members, within limits;
* :mod:`parsers.formats.sniff`: the kind of an attachment from its bytes;
* :mod:`parsers.formats.workbook`: a workbook into sheets of cells, by two independent readers;
* :mod:`parsers.outcomes`: what a file is as a whole: forms, a proof, ignored, or for a person to decide;
* :mod:`parsers.read_file`: all of this for one file; runs only in the worker processes of
  :mod:`parsers.reading.reader_pool`, so that a crash loses one file.

:mod:`parsers.records` and :mod:`config.records` hold the values that leave this room; :mod:`config.text.masking` hides identity
numbers wherever something is printed. It imports ``config`` and no other room.
"""
