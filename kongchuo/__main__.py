"""``python -m kongchuo``."""

from kongchuo.cli import main

main()
