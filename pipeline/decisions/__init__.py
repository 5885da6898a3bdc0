"""What people decided about readings, applied to reports. Pure: no file, no store."""
