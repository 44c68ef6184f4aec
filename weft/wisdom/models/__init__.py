"""What one learned the hard way, for the next: lessons, their strands, who tried them; milestones; then and now."""

from weft.wisdom.indexing import Posting
from weft.wisdom.models.ending import Ending, Farewell, Parting
from weft.wisdom.models.lesson import Lesson, Reader, Strand, Unasked
from weft.wisdom.models.milestone import Milestone
from weft.wisdom.models.shelf import Shelf
from weft.wisdom.models.then_now import ThenNow
from weft.wisdom.models.trial import Trial

__all__ = [
    "Ending",
    "Farewell",
    "Lesson",
    "Milestone",
    "Parting",
    "Posting",
    "Reader",
    "Shelf",
    "Strand",
    "ThenNow",
    "Trial",
    "Unasked",
]
