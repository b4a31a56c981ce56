"""What the digest lists, one value a line: cases, findings, files, problems, units."""
