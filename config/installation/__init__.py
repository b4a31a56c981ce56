"""What the machine and the installation offer: the operating system, libraries that need not be there."""
