"""From a file to a stored reading; `extract.py` is the page to read first."""
