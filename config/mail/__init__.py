"""Mail providers and their servers, typed addresses, and the ids of the files in a mail."""
