"""File formats: what a file is by its bytes, and one reader a format, each giving plain sheets."""
