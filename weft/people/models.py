"""A person signs in; nobody else ever sees them. What people see of each other is a persona (see `circles`)."""

from datetime import date
from typing import Any, Self

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from weft.loom import keys, seal, time
from weft.loom.models import Thing


def fold(name: str) -> str:
    """A sign-in name or an address as it is compared: without case and outer space."""
    return " ".join(name.casefold().split())


def name_tag(name: str) -> bytes:
    """The keyed hash by which a person is found at the door."""
    return keys.tag(keys.secret("people"), "name", fold(name))


def email_tag(address: str) -> bytes:
    """The keyed hash by which an e-mail address is found."""
    return keys.tag(keys.secret("people"), "email", fold(address))


class PersonQuerySet(models.QuerySet["Person"]):
    def named(self, name: str) -> "Person | None":
        return self.filter(name_tag=name_tag(name)).first()


class PersonManager(models.Manager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def named(self, name: str) -> "Person | None":
        return self.get_queryset().named(name)

    def get_by_natural_key(self, name: str) -> "Person":
        return self.get(name_tag=name_tag(name))

    def join(self, name: str, passphrase: str | None = None, **more: Any) -> "Person":
        """A new person. Raises IntegrityError if the sign-in name is taken."""
        person = self.model(name=name, password=make_password(passphrase), **more)
        person.save(force_insert=True)
        return person


class Person(Thing, AbstractBaseUser):
    """One account. The sign-in name and the address are sealed, and found only by a keyed hash."""

    last_login = None  # a fine time that would join a person to what a persona did then

    name_tag = models.BinaryField(unique=True)
    name = seal.SealedText()
    email_tag = models.BinaryField(unique=True, null=True)
    email = seal.SealedText()
    recovery_tag = models.BinaryField(null=True)
    totp = seal.SealedText()
    keyring = seal.SealedText(null=True)
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    joined_on = models.DateField(default=time.today)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "name"
    objects = PersonManager()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if "name" in self.__dict__ and not isinstance(self.__dict__["name"], seal.SealedBytes):
            self.name_tag = name_tag(self.name)
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return "a person"

    def has_duty(self, kind: "Duty.Kind | str") -> bool:
        return kind in self.duties_held

    @property
    def duties_held(self) -> set[str]:
        """The kinds of duty this person has, read once."""
        if "_duties" not in self.__dict__:
            self._duties = set(self.duties.values_list("kind", flat=True))
        return self._duties

    def address(self, address: str) -> None:
        """Keep an e-mail address, sealed, or none."""
        self.email = address.strip()
        self.email_tag = email_tag(address) if self.email else None


class Duty(Thing):
    """A duty in the house: safety team or steward. Two different powers; one person may hold either, by name."""

    class Kind(models.TextChoices):
        SAFETY = "safety"
        STEWARD = "steward"

    person = models.ForeignKey(Person, models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=10, choices=Kind)
    known_as = seal.SealedText()
    since = models.DateField(default=time.today)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_duty_of_a_kind")]


class Passkey(Thing):
    """A key on somebody's device, by which they sign in without a word."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="passkeys")
    key_tag = models.BinaryField(unique=True)
    credential = seal.SealedText()
    label = seal.SealedText()
    added_on = models.DateField(default=time.today)


class DeviceQuerySet(models.QuerySet["Device"]):
    def of(self, person: Person) -> Self:
        return self.filter(person=person, expires_on__gt=time.today())


class Device(models.Model):
    """One place where somebody is signed in: a session, found by a keyed hash of its cookie, its contents sealed."""

    key_tag = models.BinaryField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="devices")
    contents = models.BinaryField()
    since = models.DateField(default=time.today)
    expires_on = models.DateField(default=date.max)

    objects = models.Manager.from_queryset(DeviceQuerySet)()
