"""What the service costs beside a bare Flask view, in one interleaved run.

``python -m benchmarks.http`` runs gunicorn as it is shipped, with the ledger off
and again with it on, and asks every view in turn, round after round, over kept-alive
connections.  The figure to trust is the server's CPU time per request: the user and
system time of the workers, from /proc.  Requests per second and latency depend on
what else the machine does and on the client, which shares its cores.
"""
