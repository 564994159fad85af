"""Bars from a data-ingestion-service over HTTP."""
