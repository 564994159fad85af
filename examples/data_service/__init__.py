"""A small data-ingestion-service: prices in SQLite or PostgreSQL, over HTTP."""
