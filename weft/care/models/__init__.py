"""What a care circle keeps."""

from weft.care.models.board import Board, HouseOffer, Posting
from weft.care.models.care import Care, Near, Ring
from weft.care.models.diary import Diary
from weft.care.models.guest import Call, Guest
from weft.care.models.need import Need, Slot, Taken
from weft.care.models.news import News
from weft.care.models.promise import Look, Promise, Thanks
from weft.care.models.swap import Swap
from weft.care.models.tally import Sponsor, Tally

__all__ = [
    "Board",
    "Call",
    "Care",
    "Diary",
    "Guest",
    "HouseOffer",
    "Look",
    "Near",
    "Need",
    "News",
    "Posting",
    "Promise",
    "Ring",
    "Slot",
    "Sponsor",
    "Swap",
    "Taken",
    "Tally",
    "Thanks",
]
