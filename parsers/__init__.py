"""Bytes in, values out: MIME leaves, archives, tables, forms, records and problems.

Everything here is a pure function of the bytes and the notice: no clock, no network, no database,
and nothing raises for what a unit sends (a fault is a value with a Chinese reason). The steps are

* :mod:`parsers.mail.mime` (with :mod:`parsers.mail.header_names`): a raw message into head, text and leaves;
* :mod:`parsers.archives.unpack`: zips among the leaves into their members, within limits;
* :mod:`parsers.formats.sniff`: what the bytes of a leaf are, whatever its name says;
* :mod:`parsers.formats.workbook`: a workbook into sheets of cells, by two readers that do not share a bug;
* :mod:`parsers.read_file`: one file into its forms; runs only inside :mod:`parsers.reader_pool`, whose
  child processes may die without taking anything with them.

:mod:`parsers.records` holds the values that leave this room; :mod:`config.masking` hides identity
numbers wherever something is printed. It imports ``config`` and no other room.
"""
