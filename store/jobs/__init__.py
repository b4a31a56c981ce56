"""Work that is done one at a time or again and again: the lease, and how each job fared."""
