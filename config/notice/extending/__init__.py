"""How a notice extends another: what it keeps, adds and removes."""
