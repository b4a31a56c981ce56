"""What mail is: the providers whose servers carry it, and the names of its files."""
