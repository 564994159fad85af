"""Bars from files under the data folder: CSV, Parquet and uploads."""
