"""A device that is told by push, and a push on its way there: how it goes, see `Parcel`."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction

from weft.loom import keys, seal, time
from weft.loom.models import Thing
from weft.notices.models.choices import Choices
from weft.notices.models.notice import Mark, Notice
from weft.notices.models.parcel import Parcel
from weft.people.models import Device, Person

PAD = 1024  # bytes: more than any address has
MOST_DEVICES = 10  # of one person


class Subscription(Thing):
    """One device of a person takes pushes: where they go, sealed. It hangs on the sign-in there and ends with it."""

    device = models.OneToOneField(Device, models.CASCADE, related_name="subscription")
    address_tag = models.BinaryField(unique=True)
    said = seal.SealedText()

    def __str__(self) -> str:
        return "a device that is told"

    @classmethod
    def of(cls, person: Person) -> "list[Subscription]":
        """The devices of this person that are told."""
        found = cls.objects.filter(device__person=person, device__expires_on__gt=time.today())
        return cls._still(found.select_related("device").order_by("-device__since", "pk"))

    @classmethod
    def _still(cls, some: "Iterable[Subscription]") -> "list[Subscription]":
        """Those that still take pushes."""
        marks = {one._gone: one for one in some}
        gone = {bytes(tag) for tag in Mark.objects.filter(tag__in=list(marks)).values_list("tag", flat=True)}
        return [one for mark, one in marks.items() if mark not in gone]

    @classmethod
    def begin(cls, device: Device, address: str) -> "Subscription | None":
        """From now on this device is told, at this address. None where its person has too many of them.

        A browser has one address, whoever is signed in there: it is told for whoever asked last."""
        tag = keys.tag(keys.secret("notices"), "push", address)
        with transaction.atomic():
            cls.objects.filter(models.Q(device=device) | models.Q(address_tag=tag)).delete()
            Mark.objects.filter(tag=Mark.of("push gone", tag.hex())).delete()
            if cls.objects.filter(device__person=device.person).count() >= MOST_DEVICES:
                return None
            new = cls(device=device, address_tag=tag, said=seal.padded(address, PAD))
            new.save(force_insert=True)
        return new

    @property
    def address(self) -> str:
        return str(self.said).rstrip()

    @property
    def service(self) -> str:
        """Whose push service it is."""
        return urlsplit(self.address).netloc

    @property
    def _gone(self) -> bytes:
        return Mark.of("push gone", bytes(self.address_tag).hex())

    def go(self) -> None:
        """The push service says that this device takes no more. The row goes in the night: a thief with many backups
        would see it go when somebody was told of something."""
        Mark.make([self._gone])

    @classmethod
    def forget(cls, person: Person) -> None:
        """No device of this person is told any more."""
        cls.objects.filter(device__person=person).delete()

    @classmethod
    def tidy(cls) -> None:
        """Those that take no more go."""
        every = list(cls.objects.all())
        still = {one.pk for one in cls._still(every)}
        cls.objects.filter(pk__in=[one.pk for one in every if one.pk not in still]).delete()


class Push(Parcel):
    """One push to one device: that something is new, and nothing of what."""

    JOB = "notices.push"

    def __str__(self) -> str:
        return "a push"

    @classmethod
    def write(cls, person: Person, hour: int, notices: list[Notice]) -> bool:
        """Tell each device of this person, once for all of these; False where one was told already in this hour."""
        tags = {Mark.of("push", to.pk, hour): to for to in Subscription.of(person)}
        if not tags or cls.objects.filter(once_tag__in=list(tags)).exists():
            return False
        for tag, to in tags.items():
            cls.begin(tag, person, notices, device=to.pk)
        return True

    def is_wanted(self, person: Person) -> bool:
        device, services = self.device, settings.PUSH
        if device is None or services is None or not services.knows(device.address):
            return False
        choices = Choices.of(person)
        return self.is_unread and any(choices.way(notice.what) == "push" for notice in self.notices)

    @property
    def notices(self) -> list[Notice]:
        """What it tells of, as far as it still stands."""
        return list(Notice.objects.filter(pk__in=[pk for pk, _turn in self.facts["notices"]]))

    @property
    def device(self) -> Subscription | None:
        """The device, while it takes pushes, and its person is signed in there."""
        person = self.person
        told = Subscription.of(person) if person else []
        return next((one for one in told if one.pk == self.facts["device"]), None)
