"""HTML that people look at: how texts from anywhere become part of it, and pages that are files."""
