"""What is left of data that was kept as long as it may be: figures, without anything of a child."""
