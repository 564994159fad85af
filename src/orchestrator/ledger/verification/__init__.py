"""Finding rows that were changed, removed, inserted or reordered."""
