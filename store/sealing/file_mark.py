"""How a sealed file is told from one that is not."""

SEALED_MAGIC = b"KCS1"
"""Begins a sealed file (:mod:`store.sealing.sealed_files`); no zlib stream begins so."""
