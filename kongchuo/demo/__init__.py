"""A made-up county and the servers to try everything on: nobody in it lives, no number is anybody's."""
