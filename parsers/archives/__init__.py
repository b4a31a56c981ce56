"""Archives and other containers into their members, within limits."""
