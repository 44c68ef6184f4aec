"""What remains of the example house's hours: letters, a line that was put right, the pulse, and a look back."""

from datetime import timedelta
from typing import TYPE_CHECKING

from weft.circles.models import Persona
from weft.gatherings.models import AttendanceLetter, Correction, Gathering, LettersHere, LookBack, PulseSum
from weft.gatherings.models.attendance import of_gathering, of_persona
from weft.gatherings.models.pulse import KEPT, LEAST, OPEN, QUESTIONS
from weft.loom import ids, time

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

GIVES_LETTERS = ("evening", "tuesday")
OUTWARD = {"Wren": "R. Hale"}  # whose letter there is, and the name on it
BY_PHONE = timedelta(minutes=35)
LOOKS_BACK = {
    "how": "Long. I came straight from a night shift, and should have said so. When a door banged in the second round "
    "I jumped more than any of them.",
    "stays": "That nobody minded. And one sentence that I took home with me, and would rather have left there.",
}


def remain(house: "Filled") -> None:
    """All of it."""
    for room in GIVES_LETTERS:
        guide = Persona.objects.guiding().filter(circle=house.circles[room]).select_related("circle")[0]
        LettersHere.turn(True, by=guide)
        _put_right(guide)
    for (room, name), persona in house.personas.items():
        if room == "evening" and name in OUTWARD and (times := of_persona(persona)):
            AttendanceLetter.begin(ids.random_id(), persona, times).put_name(OUTWARD[name])
    since, until = time.now() - KEPT, time.now() - OPEN
    for one in Gathering.objects.filter(phase=Gathering.Phase.ENDED, starts__gt=since, starts__lt=until):
        _pulse(one, house)
    _look_back(house.personas["tuesday", "Anselm Obi"], house.personas["tuesday", "Imke Brandt"])


def _look_back(helper: Persona, guide: Persona) -> None:
    """One who helped to guide the last hour would be glad of the one who led it."""
    last = Gathering.objects.filter(shifts__persona=helper, phase=Gathering.Phase.ENDED).order_by("-starts").first()
    if last:
        LookBack.keep(last, by=helper, to=guide, **LOOKS_BACK)


def _put_right(guide: Persona) -> None:
    """Somebody of the last hour was on the phone, and came late."""
    last = Gathering.objects.filter(circle=guide.circle_id, phase=Gathering.Phase.ENDED).order_by("-starts").first()
    for seat, attended in of_gathering(last) if last else []:
        if attended and seat.persona.role == Persona.Role.MEMBER:
            Correction.put_right(
                seat.gathering,
                seat.persona,
                how="phone",
                came=seat.gathering.starts + BY_PHONE,
                left=seat.gathering.ends,
                by=guide,
            )
            return


def _pulse(one: Gathering, house: "Filled") -> None:
    """What those who were there said of it, together; nothing where there were too few."""
    said = [attended for _seat, attended in of_gathering(one) if attended]
    if len(said) > LEAST:
        places = {question: [len(said) - 1, house.draw.randrange(2, 4) * (len(said) - 1)] for question in QUESTIONS}
        PulseSum(circle_id=one.circle_id, gathering=one, said=places).save(force_insert=True)
