"""A care circle: whom it is for, who decides, and how near everybody stands."""

from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Circle, CircleRow, Persona
from weft.loom import ledger, seal, time
from weft.loom.pages import url
from weft.people.models import Person


class Ring(models.IntegerChoices):
    """How near somebody stands. Whoever stands nearer sees what those further out see, and more."""

    INNER = 1, gettext_lazy("inner ring")
    MIDDLE = 2, gettext_lazy("middle ring")
    OUTER = 3, gettext_lazy("outer ring")


class Care(CircleRow):
    """What makes a circle a care circle. Whoever it is for decides, or somebody who speaks for them."""

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="care")
    whom = seal.SealedText()
    zone = models.CharField(max_length=64)
    seat = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="+")  # their own
    speaker = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="+")  # decides while they cannot
    ground = seal.SealedText()  # why the speaker speaks, in words
    where = seal.SealedJSON(default=dict)  # address, gate, phone: shown to whoever holds a slot, near its hour
    no_gifts = seal.SealedText(null=True)  # what nobody should bring
    approves = models.BooleanField(default=True)  # whoever decides reads news before others do
    farewell = seal.SealedText()  # thanks to all, when it has ended
    ended_on = models.DateField(null=True)

    ring: Any  # of the persona who asks: see `of`

    def __str__(self) -> str:
        return "care"

    def get_absolute_url(self) -> str:
        return url("care:care", key=self.circle_id)

    @classmethod
    def begin(cls, pk: int, whom: str, name: str, *, seat: str, ground: str, zone: str, by: Person) -> Persona | None:
        """Open a care circle. Sent twice under one id, there is one."""
        try:
            with transaction.atomic():
                title = _("Around %(name)s") % {"name": whom}
                persona = Persona.open_circle("family", title, by=by, by_name=name)
                care = cls(pk=pk, circle_id=persona.circle_id, whom=whom, zone=zone, ground=ground)
                care.seat = persona if seat == "me" else None
                care.speaker = persona if seat == "speaks" else None
                care.save(force_insert=True)
                return persona
        except IntegrityError:
            found = cls.objects.filter(pk=pk).first()
            return Persona.objects.owned(by, found.circle_id).first() if found else None

    @classmethod
    def of(cls, persona: Persona) -> "Care | None":
        """The care of this persona's circle, with its own ring."""
        ring = Near.objects.filter(persona=persona).values("ring")
        found = cls.objects.filter(circle=persona.circle_id).annotate(ring=Subquery(ring))
        care = found.select_related("seat", "speaker").first()
        if care and (persona.facilitates or care.is_decided_by(persona)):
            care.ring = Ring.INNER
        elif care:
            care.ring = Ring(care.ring or Ring.OUTER)
        return care

    @property
    def decider(self) -> Persona | None:
        """Who decides: whoever it is for, or who speaks for them until they have a seat."""
        return self.seat or self.speaker

    def is_decided_by(self, persona: Persona) -> bool:
        return bool(persona.pk == (self.seat_id or self.speaker_id))

    def may_plan(self, persona: Persona) -> bool:
        """Whether this persona says what is needed."""
        return not self.ended_on and (persona.facilitates or self.is_decided_by(persona))

    def give_seat(self, to: Persona, *, speaks: bool, ground: str = "", by: Persona) -> None:
        """Say whose seat it is, or who speaks for them. Once somebody decides, only they hand it on."""
        if to.circle_id != self.circle_id or not (self.is_decided_by(by) or (by.facilitates and not self.decider)):
            raise PermissionError("whoever decides hands it on")
        self.seat, self.speaker = (None, to) if speaks else (to, None)
        self.ground = ground if speaks else ""
        self.save(update_fields=["seat", "speaker", "ground"])

    def end(self, words: str, *, by: Persona) -> None:
        """It ends. From this moment nobody is reminded of anything; what was only needed to help is gone."""
        if not (by.facilitates or self.is_decided_by(by)):
            raise PermissionError("whoever decides or coordinates ends it")
        with ledger.erasing("care.ended", self.pk):
            self.farewell, self.ended_on = words, time.today()
            self.where, self.no_gifts = {}, ""
            self.save(update_fields=["farewell", "ended_on", "where", "no_gifts"])
            self.let_logistics_go()

    def let_logistics_go(self) -> None:
        """Needs, slots, promises, helpers without an account, and who looked at what: all of it."""
        from weft.care.models.diary import Diary
        from weft.care.models.guest import Call, Guest
        from weft.care.models.need import Need

        for need in Need.objects.filter(circle=self.circle_id):
            need.let_go()
        Guest.objects.filter(circle=self.circle_id).delete()
        Call.objects.filter(circle=self.circle_id).delete()
        Diary.objects.filter(circle=self.circle_id).delete()
        Near.objects.filter(circle=self.circle_id).update(is_backup=False, offers=None)

    @classmethod
    def again(cls, key: int) -> None:
        """What an older backup brought back goes once more."""
        for care in cls.objects.filter(pk=key):
            care.ended_on, care.where, care.no_gifts = care.ended_on or time.today(), {}, ""
            care.save(update_fields=["ended_on", "where", "no_gifts"])
            care.let_logistics_go()


class Near(CircleRow):
    """How near one persona stands, and whether it may be asked when nobody else can. Without a row: the outer ring."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="near")
    ring = models.PositiveSmallIntegerField(choices=Ring, default=Ring.OUTER)
    is_backup = models.BooleanField(default=False)
    offers = seal.SealedJSON(null=True)  # what they put forward: kinds of need, weekdays, a word

    def __str__(self) -> str:
        return "how near somebody stands"

    @classmethod
    def _of(cls, who: Persona) -> "Near":
        return cls.objects.filter(persona=who).first() or cls(circle_id=who.circle_id, persona=who)

    @classmethod
    def place(cls, who: Persona, ring: int, *, by: Persona) -> None:
        """Let somebody stand nearer, or further out."""
        care = Care.of(by)
        if care is None or not care.may_plan(by) or who.circle_id != by.circle_id:
            raise PermissionError("whoever decides or coordinates says who stands where")
        near = cls._of(who)
        near.ring = Ring(ring)
        near.save()

    @classmethod
    def back_up(cls, on: bool, *, by: Persona) -> None:
        """Be asked when nobody else can, or not."""
        near = cls._of(by)
        near.is_backup = on
        near.save()

    @classmethod
    def offer(cls, kinds: list[str], weekdays: list[int], words: str, *, by: Persona) -> None:
        """Put help forward: which kinds, on which days of the week (none: any). No kind: nothing any more."""
        near = cls._of(by)
        near.offers = {"kinds": kinds, "days": weekdays, "words": words} if kinds else {}
        near.save()

    def fits(self, kind: str, weekday: int) -> bool:
        """Whether a need of this kind on this day of the week is what they put forward."""
        said = dict(self.offers or {})
        return kind in said.get("kinds", []) and (not said.get("days") or weekday in said["days"])

    @classmethod
    def backups(cls, circle_id: int, ring: int) -> Any:
        """Who may be asked, of those who see what this ring sees."""
        near = cls.objects.filter(circle=circle_id, is_backup=True, ring__lte=ring).values("persona")
        guides = models.Q(pk__in=cls.objects.filter(circle=circle_id, is_backup=True).values("persona"))
        guiding = guides & models.Q(role=Persona.Role.FACILITATOR)
        found = Persona.objects.inside().filter(models.Q(pk__in=near) | guiding, circle=circle_id)
        return found.select_related("circle")
