"""Leases, by which one process at a time does a job, and the status of each job."""
