"""An hour that is under way in the example: some are there by phone, and it waits for whoever visits as Ada."""

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Gathering, Guide, Seat, Series, Shift
from weft.home.demo.meetings import ROUNDS, ZONE
from weft.loom import time

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

ROOM, GUIDE = "evening", "Ada"
PROMPT = "Who or what have you brought with you tonight?"
BY_PHONE = ("Ash", "Shirley", "Pilchard")


def gather(house: "Filled") -> None:
    """Begin the hour: the door is open, three are in, and the first round goes."""
    here, ada = house.circles[ROOM], house.personas[ROOM, GUIDE]
    now = time.now() - timedelta(minutes=5)
    there = now.astimezone(ZoneInfo(ZONE))
    about = "For whoever does not want to be alone with this evening. Come for ten minutes, or for the hour."
    series = Series(
        circle=here, name="Tonight, in between", about=about, zone=ZONE, starts_on=there.date(), way="voice"
    )
    series.door, series.listed = Series.Door.OPEN, True  # whoever looks around the example can visit it
    series.starts_at, series.plan, series.made_on = there.time().replace(second=0), ROUNDS, there.date()
    series.rolled_to = time.today()
    series.save(force_insert=True)
    Guide(circle=here, series=series, persona=ada).save(force_insert=True)
    gathering = Gathering(circle=here, series=series, day=there.date(), starts=now, planned=now, minutes=120)
    gathering.save(force_insert=True)
    Shift(circle=here, gathering=gathering, persona=ada).save(force_insert=True)
    seats = {}
    for name in (GUIDE, *BY_PHONE):
        seat = Seat(circle=here, gathering=gathering, persona=house.personas[ROOM, name], answer=Seat.Answer.COMING)
        seat.save(force_insert=True)
        seats[name] = seat
    hour, lead = Hour.of(gathering), seats[GUIDE]
    room = hour.come(by=lead)
    hour.act("open_door", by=lead, turn=room.turn)
    for name in BY_PHONE:
        hour.act("by_phone", by=lead, seat=seats[name].pk)
    room = hour.act("begin", by=lead, turn=hour.look().turn)
    room = hour.act("start_round", by=lead, turn=room.turn, words=PROMPT, minutes=3)
    hour.act("accept", by=seats[BY_PHONE[0]], turn=room.turn)
