"""An eval run: its plan, its variants, what the store keeps of it, gates and differences."""
