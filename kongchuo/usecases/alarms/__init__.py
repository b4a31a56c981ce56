"""Somebody is told when nothing works: what alarms, the mail about it, and pings to a monitor."""
