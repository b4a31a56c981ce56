"""Builders shared by tests: ``values``, ``files`` and ``counties`` are made; ``offices`` and ``servers`` are run; ``answers`` are both."""
