"""Schema changes, one file each; the program applies them by itself when it opens a store."""
