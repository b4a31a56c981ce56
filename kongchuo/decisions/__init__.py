"""What people decide, checked against what is recorded: the same functions for the command line and for answers by mail."""
