"""Record linkage: which rows speak of one child, on registers, on rolls and across versions."""
