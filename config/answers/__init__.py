"""How people answer questions: the table of words, and the codes that their mails carry."""
