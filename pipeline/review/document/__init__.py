"""A document, its text beside what was read of it, and what is decided there."""
