"""Mails to the administrator about the program itself."""
