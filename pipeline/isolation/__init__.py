"""Worker processes with limits: what one document may take, and what becomes of the others.

Files are parsed, and documents read, in processes of their own. One that takes too long or too
much memory, or breaks down, ends its process and costs its own document; another takes the place.
"""
