"""Lists over the county: rolls, and the national platform's numbers and children beside ours."""
