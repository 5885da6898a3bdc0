"""What an eval tells: tables, JSON and a page."""
