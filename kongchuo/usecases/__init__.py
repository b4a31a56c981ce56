"""What a command or job does, from store to answer: polling, mails to the office and the units, health, doctor."""
