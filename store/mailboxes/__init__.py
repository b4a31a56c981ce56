"""State of folders on mail servers: where messages were seen, mails not fetched, and comparisons of whole folders."""
