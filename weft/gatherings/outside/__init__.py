"""Meetings as the world outside may see them: on a page, on paper, and in the lists of others."""
