"""Lines of the digest's lists, one class each: cases, findings, files, problems, units."""
