"""A person signs in; nobody else ever sees them. What people see of each other is a persona (see `circles`)."""

import unicodedata
from contextlib import nullcontext
from datetime import date
from typing import Any, Self

from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, models, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from weft.loom import ids, jobs, keys, ledger, seal, time
from weft.loom.models import Thing
from weft.people import totp


class Known(Exception):
    """Somebody comes in by exactly this name and this passphrase."""


def fold(name: str) -> str:
    """A name or an address as it is compared: without case, outer space, and letters that only look different."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def name_tag(name: str) -> bytes:
    """The keyed hash by which a person is found at the door."""
    return keys.tag(keys.secret("people"), "name", fold(name))


def locked(name: str, passphrase: str | None) -> str:
    """A passphrase as it is kept."""
    return make_password(passphrase, salt_of(name) if passphrase else None)


def salt_of(name: str) -> str:
    """Names are not unique: several people may have the same one, and nobody who joins hears whether somebody has it.
    So the salt comes from the name, by a keyed hash: one look at the door compares a passphrase with everybody of
    this name, and takes as long for a name that nobody has."""
    return keys.tag(keys.secret("people"), "salt", fold(name)).hex()[:32]


def email_tag(address: str) -> bytes:
    """The keyed hash by which an e-mail address is found."""
    return keys.tag(keys.secret("people"), "email", fold(address))


def code_tag(code: str) -> bytes:
    """The keyed hash by which a recovery code is found."""
    return keys.tag(keys.secret("people"), "code", ids.heard(code))


class Change(models.IntegerChoices):
    """What changes how a person comes in. They are told of it, in case it was somebody else."""

    NAME = 1, _("your sign-in name")
    PASSPHRASE = 2, _("your passphrase")
    CODE = 3, _("your recovery code")
    PASSKEY = 4, _("a new passkey")
    PASSKEY_REMOVED = 5, _("a passkey was removed")
    STEP = 6, _("the second step is on")
    STEP_ENDED = 7, _("the second step is off")
    EMAIL = 8, _("your e-mail address")


class PersonQuerySet(models.QuerySet["Person"]):
    def named(self, name: str) -> Self:
        """Everybody who signs in by this name."""
        return self.filter(name_tag=name_tag(name))


class PersonManager(models.Manager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def named(self, name: str) -> "Person | None":
        """Somebody who signs in by this name."""
        return self.get_queryset().named(name).first()

    def who_knows(self, name: str, passphrase: str) -> "Person | None":
        """Whoever comes in by these two. It takes as long for a name that nobody has."""
        found = [person for person in self.get_queryset().named(name) if person.has_usable_password()]
        salts = {identify_hasher(person.password).decode(person.password)["salt"] for person in found}
        tried = [make_password(passphrase, salt) for salt in salts or {salt_of(name)}]  # as good as always one
        known = [person for person in found if any(constant_time_compare(person.password, one) for one in tried)]
        return next((person for person in known if person.is_active), None)

    def of_code(self, code: str) -> "Person | None":
        """Whoever holds this recovery code."""
        return self.get_queryset().filter(recovery_tag=code_tag(code), is_active=True).first()

    def join(self, name: str, passphrase: str | None = None, **more: Any) -> "Person":
        """A new person. Raises `Known` where somebody comes in by exactly these two."""
        person = self.model(name=name, password=locked(name, passphrase), **more)
        try:
            with transaction.atomic():
                person.save(force_insert=True)
        except IntegrityError:
            raise Known from None
        return person


class Person(Thing, AbstractBaseUser):
    """One account. The sign-in name and the address are sealed, and found only by a keyed hash."""

    last_login = None  # a fine time that would join a person to what a persona did then

    name_tag = models.BinaryField()
    name = seal.SealedText()
    email_tag = models.BinaryField(unique=True, null=True)
    email = seal.SealedText()
    recovery_tag = models.BinaryField(unique=True, null=True)
    second_step = seal.SealedJSON()  # the secret of the code app, and the last code that was used; or nothing
    keyring = seal.SealedText(null=True)
    tucked = seal.SealedText(null=True)  # what this person would rather not see: see stories/tucking.py
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    joined_on = models.DateField(default=time.today)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "name"
    objects = PersonManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name_tag", "password"], name="one_way_in")]

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

    def call(self, name: str, passphrase: str = "") -> None:
        """Sign in by another name from now on, with the same passphrase, which must be said once more: it is kept under
        its name. Raises `Known`."""
        was, self.name = (self.name, self.password), name
        if self.has_usable_password():
            self.set_password(passphrase)
        try:
            with transaction.atomic():
                self.save(update_fields=["name", "name_tag", "password"])
                self.hear_of(Change.NAME)
        except IntegrityError:
            self.name, self.password = was
            raise Known from None

    def choose(self, passphrase: str) -> None:
        """Take a new passphrase. Wherever this person was signed in by the old one, they no longer are.

        Raises `Known`."""
        was = self.password
        self.set_password(passphrase)
        try:
            with transaction.atomic():
                self.save(update_fields=["password"])
                self.hear_of(Change.PASSPHRASE)
        except IntegrityError:
            self.password = was
            raise Known from None

    def set_password(self, raw_password: str | None) -> None:
        self.password = locked(self.name, raw_password)

    def knows(self, passphrase: str) -> bool:
        """Whether this is the passphrase."""
        return check_password(passphrase, self.password)

    def keep_code(self, code: str) -> None:
        """From now on this recovery code opens, and no older one. Only its keyed hash is kept."""
        first, self.recovery_tag = self.recovery_tag is None, code_tag(code)
        with transaction.atomic():
            self.save(update_fields=["recovery_tag"])
            if not first:
                self.hear_of(Change.CODE)

    @property
    def has_second_step(self) -> bool:
        return bool(self.second_step)

    def begin_second_step(self, secret: str, code: str) -> bool:
        """Ask for a code of the app with this secret at the door from now on, if the app shows the right one now."""
        count = totp.counter(secret, code)
        if count is not None:
            self.second_step = {"secret": secret, "last": count}
            with transaction.atomic():
                self.save(update_fields=["second_step"])
                self.hear_of(Change.STEP)
        return count is not None

    def end_second_step(self) -> None:
        """Ask for no code any more."""
        if not self.has_second_step:
            return
        self.second_step = {}
        with transaction.atomic():
            self.save(update_fields=["second_step"])
            self.hear_of(Change.STEP_ENDED)

    def take_step(self, code: str) -> bool:
        """Whether the app shows this code now. A code counts once."""
        with transaction.atomic():
            row = Person.objects.select_for_update().get(pk=self.pk)
            count = totp.counter(row.second_step["secret"], code) if row.second_step else None
            if count is None or count <= row.second_step["last"]:
                return False
            row.second_step = {**row.second_step, "last": count}
            row.save(update_fields=["second_step"])
        return True

    def address(self, address: str) -> None:
        """Keep an e-mail address, sealed, or none. Where another person has it already, only they are found by it:
        whoever asks here cannot tell."""
        goes = self.email not in ("", address.strip())
        with ledger.erasing("people.address", self.pk) if goes else nullcontext():
            self._keep(address)

    def _keep(self, address: str) -> None:
        self.email = address.strip()
        tag = email_tag(address) if self.email else None
        taken = Person.objects.filter(email_tag=tag or b"").exclude(pk=self.pk).exists()
        self.email_tag = None if taken else tag
        try:
            with transaction.atomic():
                self.save(update_fields=["email", "email_tag"])
        except IntegrityError:  # another took it in this very moment
            self.email_tag = None
            self.save(update_fields=["email", "email_tag"])

    def speak(self, language: str) -> None:
        """From now on pages and letters come in this language, on every device; as each browser says, if it is none."""
        self.language = language
        self.save(update_fields=["language"])

    def hear_of(self, change: Change) -> None:
        """This person is told that the way they come in was changed."""
        jobs.put("notices.tell", what="people.changed", person=self.pk, about=int(change))

    def get_session_auth_hash(self) -> str:
        """Changes with the passphrase, and with it every sign-in ends. It outlives a change of the house key."""
        return keys.tag(keys.secret("people"), "stamp", self.pk, self.password).hex()

    def stamped(self, stamp: str) -> bool:
        """Whether a sign-in with this stamp still holds."""
        return self.is_active and constant_time_compare(stamp, self.get_session_auth_hash())


class Duty(Thing):
    """A duty in the house: different powers, of which one person may hold any, by name."""

    class Kind(models.TextChoices):
        SAFETY = "safety", _("safety team")
        STEWARD = "steward", _("steward")
        TRAINER = "trainer", _("who signs hosts off")
        READER = "reader", _("who reads voices")

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

    def remove(self) -> None:
        """It opens nothing any more."""
        with ledger.erasing("people.passkey", self.pk):
            self.delete()

    @property
    def is_last_way_in(self) -> bool:
        """Whether its person could not sign in without it, except by the recovery code."""
        return not self.person.has_usable_password() and self.person.passkeys.count() == 1


class DeviceQuerySet(models.QuerySet["Device"]):
    def of(self, person: Person) -> Self:
        return self.filter(person=person, expires_on__gt=time.today())

    def elsewhere(self, here: str, one: str = "") -> Self:
        """All devices but this one; or only that *one*, by its handle."""
        others = self.exclude(pk=bytes.fromhex(here))
        return others.filter(pk__in=[device.pk for device in others if device.handle == one]) if one else others


class Device(models.Model):
    """One place where somebody is signed in: a session, found by a keyed hash of its cookie, its contents sealed."""

    key_tag = models.BinaryField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="devices")
    contents = models.BinaryField()
    since = models.DateField(default=time.today)
    expires_on = models.DateField(default=date.max, db_index=True)

    objects = models.Manager.from_queryset(DeviceQuerySet)()

    @staticmethod
    def tag(key: str) -> bytes:
        """The keyed hash by which the device with this session key is found."""
        return keys.tag(keys.secret("people"), "device", key)

    @property
    def handle(self) -> str:
        """A name for this device in a form."""
        return bytes(self.key_tag).hex()
