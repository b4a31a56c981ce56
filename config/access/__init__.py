"""Who may do what, by mail and on the command line."""
