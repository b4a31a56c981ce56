"""The numbers of questions, the mails that may answer them, and what was done with each."""
