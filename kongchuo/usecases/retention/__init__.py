"""What is kept no longer: which mails may go, and taking them out."""
