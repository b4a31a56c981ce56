"""Does the work of commands and jobs: polling, mails to the office and to units, health, doctor."""
