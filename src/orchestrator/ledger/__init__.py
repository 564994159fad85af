"""The record: what was tried, what was decided on it, and why; append-only.

* `base` -- the `Ledger` Protocol, and the values that travel through it;
* `sql` -- the ledger over SQLite or PostgreSQL; `null` -- the one that is off;
* `opening` -- which of them an operator's settings ask for;
* `migrate` -- the schema's migrations, run once by `orchestrator db upgrade`;
* `verifying` -- finds what was changed, removed, inserted or reordered.
* `trying` -- whether the record can be written, found out without a trace.

Nothing here updates or deletes a row.  docs/ledger.md has the reasons and the sizes.
"""
