"""Other systems: what the program does where POSIX, or a library that it can do without, is not there."""
