"""Meetings as other programs read them: a calendar of one's own that a phone keeps up to date."""
