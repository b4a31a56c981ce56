"""The units that report: the roster, the ways their names are written, and looking a name up."""
