"""A bulletin's own page: its text with what was read in it, to be sent to somebody."""
