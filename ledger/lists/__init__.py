"""Lists over the county: rolls, other authorities' lists, and the national platform's numbers compared with ours."""
