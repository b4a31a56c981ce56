"""Makes up a county with its mails, and local mail servers, to try everything on; no person in it is real."""
