"""Gatherings: people meet at an hour, somebody guides it, and everybody who wants a turn gets one."""
