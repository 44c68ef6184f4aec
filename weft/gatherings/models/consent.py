"""Consent: what everybody says yes to before they come into an hour, by version; and the record of who did.

The record of a circle is a chain: each step carries a keyed hash of itself and of the step before. Whoever can write
into the database but has no key can edit, swap, add or remove steps, and `ConsentChain.verify` finds it. What was cut
off at the end together with an older row of the chain is found only by the mark that each step shows, and that members
take along. A step says which text (by its hash), which persona (by a keyed hash that outlives them), when, and whose
watching was declared. When somebody leaves, their name and every link to them go, and the chain still holds.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import FilteredRelation, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _
from markupsafe import Markup

from weft.circles.models import Circle, CircleRow, Persona
from weft.gatherings import presets
from weft.gatherings.models.series import Series
from weft.loom import jobs, keys, seal, text, time
from weft.safety.models.concern import Once

if TYPE_CHECKING:
    from weft.gatherings.models.gathering import Gathering

Observer = tuple[int, str]  # the id of a persona that looks on, and its name


class Consent(CircleRow):
    """One version of what is asked before an hour: of a series, or of all series in a circle that have none."""

    series = models.ForeignKey(Series, models.CASCADE, null=True, related_name="consents")
    version = models.PositiveIntegerField()
    text = seal.SealedText()
    html = seal.SealedText()
    published_on = models.DateField(default=time.today)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "version"], name="one_consent_of_a_version_of_a_series"),
            models.UniqueConstraint(
                fields=["circle", "version"], name="one_consent_of_a_version", condition=Q(series=None)
            ),
        ]

    def __str__(self) -> str:
        return "a consent"

    @classmethod
    def publish(cls, words: str, *, by: Persona, series: Series | None = None) -> "Consent":
        """One who guides publishes the next version. Nobody comes into an hour on an older one. It has their yes."""
        if not by.facilitates or (series and series.circle_id != by.circle_id):
            raise PermissionError("only who guides a circle publishes a consent")
        with transaction.atomic():
            new = cls._write(by.circle, words, series)
            if new.version > 1:
                jobs.put("notices.tell", what="gatherings.consent", circle=by.circle_id, about=new.pk)
            new.agree(by, declared=watching(by.circle_id))
        return new

    @classmethod
    def _write(cls, circle: Circle, words: str, series: Series | None) -> "Consent":
        circle.lock()
        of = cls.objects.filter(circle=circle, series=series)
        last = of.aggregate(last=Max("version"))["last"] or 0
        new = cls(circle=circle, series=series, version=last + 1, text=words.strip(), html=text.render(words))
        new.save(force_insert=True)
        return new

    @classmethod
    def all_in_force(cls, circle: Circle) -> "dict[int | None, Consent]":
        """The newest version of each series that has its own, and of the circle under None, which always has one: the
        words of its kind to begin with, in the language of the house."""
        every = Consent.objects.filter(circle=circle).order_by("version")
        found: dict[int | None, Consent] = {one.series_id: one for one in every}
        if None not in found:
            with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
                circle.lock()
                first = Consent.objects.filter(circle=circle, series=None).order_by("-version").first()
                found[None] = first or cls._write(circle, presets.consent(circle.kind), None)
        return found

    @classmethod
    def in_force(cls, series: Series) -> "Consent":
        """The version that whoever comes into an hour of this series says yes to."""
        found = cls.all_in_force(series.circle)
        return found.get(series.pk) or found[None]

    def agree(self, persona: Persona, *, declared: list[Observer], at: datetime | None = None) -> "ConsentStep":
        """A persona says yes to this version, now or *at* a time, and knows who looks on. Twice is once."""
        with transaction.atomic():
            chain = ConsentChain.held(persona.circle)
            before = self.last_step_of(persona)
            if before and before.is_yes and before.covers(declared):
                return before
            said = {
                "what": ConsentStep.YES,
                "version": self.version,
                "text": self.hash,
                "watching": _marks(persona.circle_id, declared),
            }
            jobs.put("notices.seen", what="gatherings.consent", persona=persona.pk, about=self.pk)
            return chain.add(persona, said, consent=self, at=at)

    def take_back(self, persona: Persona) -> None:
        """A persona takes their yes back. Nobody is told; the door asks again."""
        with transaction.atomic():
            chain = ConsentChain.held(persona.circle)
            before = self.last_step_of(persona)
            if before and before.is_yes:
                said = {"what": ConsentStep.BACK, "version": self.version, "text": self.hash}
                chain.add(persona, said, consent=self)

    def last_step_of(self, persona: Persona) -> "ConsentStep | None":
        """The last thing that this persona said to this version."""
        return max(self.steps.filter(persona=persona), key=lambda step: step.place, default=None)

    def holds_for(self, persona: Persona, declared: list[Observer]) -> bool:
        """Whether this persona has said yes to this version, with everybody declared who looks on now."""
        return self._says_yes(persona, self.steps.filter(persona=persona), declared)

    def _says_yes(self, persona: Persona, steps: "Iterable[ConsentStep]", declared: list[Observer]) -> bool:
        """Whether the last of these steps of this persona is a yes to just this."""
        try:
            last = max(steps, key=lambda step: step.place, default=None)
            return last is not None and last.is_yes and last.says(self, persona) and last.covers(declared)
        except seal.Tampered:
            return False

    @classmethod
    def still_to_agree(
        cls, circle_id: int, coming: "Mapping[Gathering, list[Persona]]", *, declared: list[Observer]
    ) -> set[Persona]:
        """Who of those that come to these hours is asked for a yes at the door. One look-up, however many they are."""
        everybody = {one for personas in coming.values() for one in personas}
        if not everybody:
            return set()
        said = FilteredRelation("steps", condition=Q(steps__persona__in=[one.pk for one in everybody]))
        in_force: dict[int | None, Consent] = {}
        steps: dict[tuple[int, int | None], list[ConsentStep]] = {}
        found: models.QuerySet[Any] = cls.objects.filter(circle=circle_id).annotate(step=said)
        for row in found.select_related("step").order_by("version"):
            in_force[row.series_id] = row
            if step := getattr(row, "step", None):
                steps.setdefault((row.pk, step.persona_id), []).append(step)
        left = set()
        for gathering, personas in coming.items():
            now = in_force.get(gathering.series_id) or in_force.get(None)
            left |= {
                one
                for one in personas
                if now is None or not now._says_yes(one, steps.get((now.pk, one.pk), []), declared)
            }
        return left

    @property
    def hash(self) -> str:
        """By this anybody can tell later that it was this text."""
        return sha256(str(self.text).encode()).hexdigest()

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)


def watching(circle_id: int) -> list[Observer]:
    """Everybody who looks on in a circle, by the name they have there. The record keeps no name, only a keyed hash: it
    cannot be changed, and whoever looked on may be erased one day."""
    found = Persona.objects.inside().filter(circle=circle_id, role=Persona.Role.OBSERVER)
    return sorted(((one.pk, str(one.name)) for one in found), key=lambda one: one[1])


class ConsentChain(CircleRow):
    """How long the record of a circle is, and how it ends; and the lock behind which it grows."""

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="+")
    length = models.PositiveIntegerField(default=0)
    link = models.BinaryField(default=bytes)
    end = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return "the record of consents"

    @classmethod
    def held(cls, circle: Circle) -> "ConsentChain":
        """The record of this circle, locked until the transaction ends."""
        circle.lock()
        return cls.objects.filter(circle=circle).first() or cls(circle=circle)

    def add(
        self, persona: Persona, said: dict[str, Any], consent: Consent | None = None, at: datetime | None = None
    ) -> "ConsentStep":
        """Write down one more step. The chain is held."""
        self.length += 1
        who = who_mark(persona.circle_id, persona.pk)
        step = ConsentStep(circle_id=self.circle_id, consent=consent)
        step.persona = persona if said["what"] != ConsentStep.LEFT else None
        step.said = said | {"place": self.length, "who": who, "at": (at or time.now()).isoformat()}
        step.link = self.link = step.linked_to(bytes(self.link))
        step.save(force_insert=True)
        self.end = self._ending()
        self.save()
        return step

    def _ending(self) -> bytes:
        return _keyed("end", self.circle_id, self.length, bytes(self.link).hex())

    @classmethod
    def let_go(cls, persona: Persona) -> None:
        """A persona leaves: nothing leads from the record to them any more, and the record says that they have left."""
        mine = ConsentStep.objects.filter(persona=persona)
        if mine.exists():
            with transaction.atomic():
                chain = cls.held(persona.circle)
                mine.update(persona=None)
                chain.add(persona, {"what": ConsentStep.LEFT})

    @classmethod
    def verify(cls, circle: Circle) -> list[int]:
        """The places that do not hold: none, where nobody has touched the record of this circle."""
        steps, wrong = [], []
        for step in ConsentStep.objects.filter(circle=circle).select_related("consent"):
            try:
                steps.append((step.place, step))
            except (seal.Tampered, KeyError, TypeError, ValueError):
                wrong.append(0)
        steps.sort(key=lambda one: one[0])
        left = {step.said["who"]: place for place, step in steps if step.said["what"] == ConsentStep.LEFT}
        before, last = b"", 0
        for place, step in steps:
            if place != last + 1 or not step.holds(before, left.get(step.said["who"], 0)):
                wrong.append(place)
            before, last = bytes(step.link), place
        kept = cls.objects.filter(circle=circle).first() or cls(circle=circle)
        if (kept.length, bytes(kept.link)) != (last, before) or (last and bytes(kept.end) != kept._ending()):
            wrong.append(last + 1)
        return wrong


class ConsentStep(Once):
    """One step of a circle's record: a yes, a yes that was taken back, or that somebody has left."""

    YES, BACK, LEFT = "yes", "back", "left"

    consent = models.ForeignKey(Consent, models.CASCADE, null=True, related_name="steps")
    persona = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="consent_steps")
    said = seal.SealedJSON()  # its place, what, who (a keyed hash), the hash of the text, who looked on, when
    link = models.BinaryField()
    watched_by: list[str]  # found by `name_watchers`

    def __str__(self) -> str:
        return "a step of the record of consents"

    def linked_to(self, before: bytes) -> bytes:
        """The keyed hash of this step and of the one before."""
        said = json.dumps(self.said, ensure_ascii=False, sort_keys=True)
        return _keyed("step", self.pk, self.circle_id, self.consent_id, said, before.hex())

    def holds(self, before: bytes, left: int) -> bool:
        """Whether this step is as it was written. *left*: the place at which whoever said it has left, if they have."""
        if bytes(self.link) != self.linked_to(before):
            return False
        if self.said["what"] == self.LEFT:
            return self.persona_id is None
        try:
            told = self.consent is not None and self.said["text"] == self.consent.hash
        except seal.Tampered:
            return False
        if self.persona_id is None:
            return told and left > self.place
        return told and self.said["who"] == who_mark(self.circle_id, self.persona_id)

    def says(self, consent: Consent, persona: Persona) -> bool:
        """Whether this is a step of this persona about just this text: read from what is sealed."""
        said = (self.said["text"], self.said["who"])
        return said == (consent.hash, who_mark(persona.circle_id, persona.pk))

    def covers(self, now: list[Observer]) -> bool:
        """Whether everybody who looks on now was declared then."""
        return set(_marks(self.circle_id, now)) <= set(self.said.get("watching", ()))

    @property
    def place(self) -> int:
        return int(self.said["place"])

    @property
    def is_yes(self) -> bool:
        return bool(self.said["what"] == self.YES)

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.said["at"])

    @classmethod
    def name_watchers(cls, steps: "list[ConsentStep]") -> None:
        """Find who had been declared at each of these steps of one circle, by the name they have now (`watched_by`)."""
        wanted = {mark for step in steps for mark in step.said.get("watching", ())}
        here = Persona.objects.filter(circle=steps[0].circle_id) if wanted else []
        marked = {who_mark(one.circle_id, one.pk): one for one in here}
        names = {mark: str(marked[mark].name) for mark in wanted if mark in marked}
        for step in steps:
            watching = step.said.get("watching", ())
            step.watched_by = [names.get(mark, _("Somebody who has left")) for mark in watching]

    @property
    def mark(self) -> str:
        """A few letters to write down elsewhere: as long as they stand here, nothing up to this step was changed."""
        return bytes(self.link).hex()[:16]


def who_mark(circle_id: int, persona_id: int) -> str:
    """A keyed hash of a persona, which outlives it and leads to nobody."""
    return _keyed("who", circle_id, persona_id).hex()


def _marks(circle_id: int, observers: list[Observer]) -> list[str]:
    return sorted(who_mark(circle_id, pk) for pk, _name in observers)


def _keyed(kind: str, *content: object) -> bytes:
    return keys.tag(keys.secret("gatherings"), f"consent {kind}", *content)
