"""What somebody says to the world, and what the world answers."""

from weft.voices.models.comment import Comment
from weft.voices.models.voice import MOST, Use, Voice

__all__ = ["MOST", "Comment", "Use", "Voice"]
