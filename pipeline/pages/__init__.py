"""HTML that people look at: how texts from anywhere become part of a page, and pages that are files."""
