"""A prompt improved on gold: its texts changed, tried, and held against bulletins kept apart."""
