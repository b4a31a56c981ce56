"""Makes files of formats that no library of the project writes."""
