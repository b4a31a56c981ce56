"""Record linkage: which rows are about one child, on registers, on rolls and across versions."""
