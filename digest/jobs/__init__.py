"""Jobs: what a worker does."""
