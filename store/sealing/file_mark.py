"""The first bytes by which a sealed file is recognised."""

SEALED_MAGIC = b"KCS2"
"""The beginning of a sealed file (:mod:`store.sealing.sealed_files`), before the mark of its key; no compressed mail begins so."""
UNMARKED_MAGIC = b"KCS1"
"""The beginning of a sealed file written before files had the mark of their key."""
MAGICS = (SEALED_MAGIC, UNMARKED_MAGIC)
