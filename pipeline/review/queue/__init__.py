"""The queue: documents, the worst first, out of an index that follows the database."""
