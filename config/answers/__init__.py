"""Defines how people answer questions: the words of answers, the columns of the question sheet, and reply codes."""
