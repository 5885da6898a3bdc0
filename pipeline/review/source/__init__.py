"""A document's source: its files as they are today, and the page of a PDF."""
