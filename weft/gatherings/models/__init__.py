"""What meets when, who sits there, and what was said to happen."""

from weft.gatherings.models.arrival import Arrival
from weft.gatherings.models.attendance import Attended, Correction
from weft.gatherings.models.consent import Consent, ConsentChain, ConsentStep
from weft.gatherings.models.feed import Feed
from weft.gatherings.models.gathering import Gathering, Line
from weft.gatherings.models.letter import AttendanceLetter, LettersHere
from weft.gatherings.models.listing import Import, Listing
from weft.gatherings.models.look_back import LookBack
from weft.gatherings.models.note import HourNote
from weft.gatherings.models.place import Place
from weft.gatherings.models.pulse import Pulse, PulseSum
from weft.gatherings.models.reminding import Reminding
from weft.gatherings.models.rest import Rest
from weft.gatherings.models.said import Said
from weft.gatherings.models.script import Script
from weft.gatherings.models.seat import Seat
from weft.gatherings.models.series import Guide, Series
from weft.gatherings.models.shift import Shift
from weft.gatherings.models.signal import Signal, Tuning
from weft.gatherings.models.training import Course, Training

__all__ = [
    "Arrival",
    "AttendanceLetter",
    "Attended",
    "Consent",
    "ConsentChain",
    "ConsentStep",
    "Correction",
    "Course",
    "Feed",
    "Gathering",
    "Guide",
    "HourNote",
    "Import",
    "LettersHere",
    "Line",
    "Listing",
    "LookBack",
    "Place",
    "Pulse",
    "PulseSum",
    "Reminding",
    "Rest",
    "Said",
    "Script",
    "Seat",
    "Series",
    "Shift",
    "Signal",
    "Training",
    "Tuning",
]
