"""Page models as they were, beside those of today."""
