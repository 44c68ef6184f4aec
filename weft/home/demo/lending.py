"""The board of the house: a seat beside Rosa's bed, in words that do not name her, and who could lend a hand."""

from datetime import timedelta
from typing import TYPE_CHECKING

from weft.care.models import Board, HouseOffer, Need, Posting
from weft.home.demo.caring import ROOM
from weft.loom import time

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

STEWARD = "p04"
UP = {
    "sitting": (
        "Two hours in a chair by a window, so that somebody can go out and buy shoes. The radio is on, or it isn't. "
        "Nothing to lift, nothing to cook."
    ),
    "ride": "There and back on a Thursday, after lunch. Half an hour each way, and a walking frame for the boot.",
}
OFFERS = [
    (
        "p12",
        "Second floor, brown door",
        "I am awake early and I like a radio. I can sit with somebody, mornings.",
        ["sitting", "company"],
        [],
    ),
    ("p14", "W.", "Thursdays I have the van and nowhere to be. I drive slowly.", ["ride"], [3]),
    ("p13", "a person with a big pan", "soup, on sundays. i only know the one but it is a good one", ["meal"], [6]),
]
TAKES = ("p14", "W., with the van", "I'll bring my own paper.")


def lend(house: "Filled") -> None:
    """All of it, told by the verbs of the house."""
    tess, until = house.personas[ROOM, "Tess"], time.today() + timedelta(days=30)
    Board.turn(True, by=house.people[STEWARD])
    up = {}
    for kind, words in UP.items():
        need = Need.objects.filter(circle=house.circles[ROOM], kind=kind).earliest("pk")
        up[kind] = Posting.put_up(need, words, until, by=tess)
    offers = [
        HouseOffer.make(name, words, kinds, days, until, by=house.people[key])
        for key, name, words, kinds, days in OFFERS
    ]
    key, name, words = TAKES
    first, second = up["sitting"].free(2)
    up["sitting"].take(first, name, words, by=house.people[key])
    offers[0].ask(second, by=tess)
