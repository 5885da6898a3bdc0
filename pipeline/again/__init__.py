"""Documents that are asked about again, or judged again."""
