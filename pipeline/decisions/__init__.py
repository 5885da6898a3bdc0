"""What people decided about readings: held against the text, applied to reports, and its journal.

All of it is pure but the journal, which is a file.
"""
