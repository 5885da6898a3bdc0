"""Labels made by hand: gold, how it is read, and what is wrong with it."""
