"""What is asked for around Rosa, and who has said yes: suppers, a ride, a night that nobody has taken yet."""

from datetime import date, timedelta
from datetime import time as clock
from typing import TYPE_CHECKING, Any

from weft.care.models import Call, Care, Near, Need, News, Promise, Ring, Slot
from weft.care.models.guest import new_token
from weft.circles.models import Persona
from weft.gatherings import recurring
from weft.loom import ids, time

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

ROOM = "rosa"
RINGS = {"Bea": Ring.INNER, "Desmond": Ring.INNER, "Leo": Ring.MIDDLE, "Peg": Ring.OUTER}
BACKUP = ("Desmond", "Bea")
WHERE = {
    "address": "14 Weir Lane, the green door. Ring the bell before you use the key.",
    "gate": "The key is with Desmond, at number 16.",
    "phone": "Tess, 01632 960112",
}
SUPPER = {
    "kind": "meal",
    "name": "Supper for Rosa and Tess",
    "meal": {
        "people": 2,
        "without": "No nuts. Nothing that crumbles: she coughs.",
        "eats": "Soft things with a taste. Leeks, fish pie, custard. Not tomato soup again.",
    },
    "how": "Leave it on the side, she likes to lift the lid herself. The pan goes back to the name underneath.",
    "starts_at": clock(17),
    "minutes": 60,
    "rule": "FREQ=WEEKLY;BYDAY=MO,WE,FR,SU",
}
RIDE = {
    "kind": "ride",
    "name": "To the speech therapist and back",
    "how": "She sits in front. Put the frame in the boot, folded once. Do not finish her sentences on the way.",
    "starts_at": clock(13, 30),
    "minutes": 120,
    "rule": "FREQ=WEEKLY;BYDAY=TH",
}
SITTING = {
    "kind": "sitting",
    "name": "Two hours, so that Tess can go out",
    "how": "The radio is good. So is saying nothing.",
    "starts_at": clock(10),
    "minutes": 120,
    "rule": "FREQ=WEEKLY;BYDAY=TU,SA",
}
NIGHT = {
    "kind": "night",
    "name": "A night, on the camp bed",
    "how": "She wakes around three. Light on in the hall, a sip of water, and she is off again. Nothing else to do.",
    "starts_at": clock(22),
    "minutes": 9 * 60,
    "ring": Ring.MIDDLE,
}
BROUGHT = [("Desmond", "Leek and potato soup"), ("Peg", "Fish pie"), ("Bea", "macaroni, the soft kind")]


TOLD = (
    "She said the whole of “marmalade” on Tuesday, and then she said it again to be rude. The therapist wants short "
    "walks to the gate, with the frame, twice a day. Nights are the hard part. She is up at three and so am I.",
    "A good week for words. Thank you for the suppers, every pan has gone home.",
)
WAITS = (
    "The letter from the hospital came. It is the fourteenth, in the morning. She would like somebody there who is not "
    "me, so that I can be useless in the corridor.",
    "We have a date for the next appointment. More when there is more.",
)


def care(house: "Filled") -> None:
    """All of it, told by the verbs of the house."""
    here = {name: persona for (room, name), persona in house.personas.items() if room == ROOM}
    for persona in here.values():
        persona.circle = house.circles[ROOM]
    tess = here["Tess"]
    own = Care(circle=house.circles[ROOM], whom="Rosa", zone="Europe/London", where=WHERE, seat=here["Rosa"])
    own.save(force_insert=True)
    for name, ring in RINGS.items():
        Near.place(here[name], ring, by=tess)
    for name in BACKUP:
        Near.back_up(True, by=here[name])
    today = time.today()
    supper, ride, sitting = (_ask(said, today, tess) for said in (SUPPER, RIDE, SITTING))
    _ask(NIGHT, today + timedelta(days=2), tess)
    _ask(NIGHT, today + timedelta(days=3), tess).slots.get().take("I sleep badly anyway.", by=here["Desmond"])
    for (name, brings), slot in zip(BROUGHT, _ahead(supper), strict=False):
        slot.take(brings, by=here[name])
    for slot, name in zip(_ahead(sitting), ["Leo", "Bea"], strict=False):
        slot.take("", by=here[name])
    _neighbour(tess, _ahead(ride))
    Near.offer(["meal", "sitting"], [], "Fish pie, or a chair and my mouth shut.", by=here["Peg"])
    Near.offer(["night"], [], "I sleep badly anyway.", by=here["Desmond"])
    told = News.tell(ids.random_id(), *TOLD, by=tess)
    told.answer(True, *TOLD, by=here["Rosa"])
    News.tell(ids.random_id(), *WAITS, by=tess)
    was = _yesterday(supper, here["Peg"])
    was.thank("She lifted the lid herself. Then she pointed at your name under the pan.", by=tess)
    was.thank("TELL her the altos are keeping her chair.", by=here["Peg"])


def _ask(said: dict[str, Any], day: date, tess: Persona) -> Need:
    return Need.ask(ids.random_id(), said | {"starts_on": day}, by=tess)


def _ahead(need: Need) -> list[Any]:
    return list(need.slots.filter(starts__gt=time.now()).order_by("starts"))


def _yesterday(need: Need, who: Persona) -> Promise:
    """A supper that was. Nobody could promise it now, so it is made by hand."""
    day = time.today() - timedelta(days=1)
    starts = recurring.moment(day, need.starts_at, need.zone)
    slot = Slot(circle_id=need.circle_id, need=need, day=day, number=8, starts=starts, minutes=need.minutes)
    slot.save(force_insert=True)
    promise = Promise.make(slot, "Fish pie", by=who)
    promise.finish(by=who)
    return promise


def _neighbour(tess: Persona, rides: list[Any]) -> None:
    """Somebody from number 12 drives, and has no account."""
    _call, token = Call.write(tess, uses=6, days=14, words="It is Tess, from Weir Lane. Ring me if you are not sure.")
    held = Call.held(token)
    if held and rides:
        rides[0].take("I have the wide car.", by=held.let_in("Mr Okafor, number 12", new_token()))
