"""How a sealed file is told from one that is not."""

SEALED_MAGIC = b"KCS2"
"""Begins a sealed file (:mod:`store.sealing.sealed_files`), before the mark of its key; no zlib stream begins so."""
UNMARKED_MAGIC = b"KCS1"
"""Begins one from before files had the mark of their key."""
MAGICS = (SEALED_MAGIC, UNMARKED_MAGIC)
