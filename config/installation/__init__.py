"""What depends on the machine: the operating system, optional libraries, environment variables."""
