"""What is known of the folders on mail servers: places of messages, mails not given, and when all was compared."""
