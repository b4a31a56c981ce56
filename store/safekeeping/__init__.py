"""The archive's journal, verification by checksums, copies of the database, and the purging of archive and journal."""
