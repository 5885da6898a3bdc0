"""What the commands of evals print and write: tables, JSON and a page."""
