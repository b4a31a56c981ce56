"""The key with which a store is sealed: where it lies, how it is opened, and how another takes its place."""
