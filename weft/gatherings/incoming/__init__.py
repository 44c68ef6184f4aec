"""Meetings that stand in a list elsewhere: read, compared with what is here, brought in, and undone."""
