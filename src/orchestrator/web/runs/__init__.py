"""`/runs`: what the ledger remembers."""
