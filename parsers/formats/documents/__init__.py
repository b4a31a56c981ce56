"""Reads documents of pages: Word files old and new, PDF files, and pictures of pages."""
