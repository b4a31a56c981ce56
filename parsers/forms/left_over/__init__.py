"""What no reader of a sheet placed, and whether it speaks of a child."""
