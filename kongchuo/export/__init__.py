"""All that the office holds as flat tables, for whoever analyses it: what they hold, their rows, and files of them."""
