"""Figures for Prometheus.

Gauges (how many connections are well, how long the outbox is) are read from the database when somebody asks. Latencies
and counts happen in many processes: gunicorn's, those of each `qcluster`, and commands. Each keeps what it measures in
memory (`practice.telemetry.measurements`), and a thread adds it to rows of `Measurement` every few seconds, in one
statement. So a page or a poll costs no query more, and whichever process is asked has the figures of all.

prometheus-client has a mode for several processes, with a file per process in a directory. It is not used: a worker on
another machine or in another container has another directory, or the same process id in the same one, and the files of
processes that ended must be added up before they are deleted, or counters go back. A process that is killed loses what
it measured in the last few seconds; one that ends writes it first.
"""
