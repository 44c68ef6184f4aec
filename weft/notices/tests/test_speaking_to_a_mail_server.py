"""How the house speaks to its mail server: by TLS, with a good certificate, or not at all; and what it then says."""

import base64
from collections.abc import Iterator

import pytest

from weft.commands import check
from weft.loom import mail
from weft.notices.models import Choices, Mail
from weft.notices.tests.certificates import Signer
from weft.notices.tests.postbox import Postbox
from weft.notices.tests.test_mailing import SOON, answered, choose

ELSEWHERE = "127.0.0.2"  # not this machine, as far as the house can see
KNOWN = ("notes", "a:b@c/d e")
IN_SETTING = "notes:a%3Ab%40c%2Fd%20e@"


@pytest.fixture
def signer(tmp_path, monkeypatch) -> Signer:
    """Somebody whose signature this machine trusts."""
    found = Signer(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.file))
    return found


@pytest.fixture
def named(settings, monkeypatch) -> Iterator:
    """Open a mail server, and name it to the house."""
    monkeypatch.setattr("weft.notices.carrying.REST", 0.0)
    opened = []

    def named(known: str = "", **how) -> Postbox:
        opened.append(box := Postbox(**{"host": ELSEWHERE, **how}))
        settings.MAIL = mail.server(box.address.replace("://", f"://{known}"))
        return box

    yield named
    for box in opened:
        box.close()


def looked(capsys) -> str:
    """What `weft check` says of the mail."""
    capsys.readouterr()
    check.Findings().look("Mail", check._mail)
    return capsys.readouterr().out


def one_mail(reachable, cleo, clock) -> None:
    choose(reachable, **SOON)
    answered(reachable, cleo)
    clock.passes(minutes=30)


@pytest.mark.parametrize("whole", [False, True])
def test_a_mail_goes_by_tls_to_who_knows_the_house(reachable, cleo, clock, named, signer, capsys, whole):
    box = named(IN_SETTING, tls=signer.server(ELSEWHERE), whole=whole, knows=KNOWN)
    assert "ok    Mail: the mail server takes mail" in looked(capsys)
    one_mail(reachable, cleo, clock)
    assert len(box.taken) == 1
    assert {said.split()[0].upper() for said in box.overheard} == (set() if whole else {"EHLO", "STARTTLS"})


def test_a_wrong_passphrase_is_said_and_the_mail_waits(reachable, cleo, clock, named, signer, capsys):
    box = named("notes:wrong@", tls=signer.server(ELSEWHERE), knows=KNOWN)
    said = looked(capsys)
    assert "MEND  Mail" in said
    assert "it does not take the name and the passphrase" in said
    assert "with @ written as %40" in said
    assert "wrong" not in said
    one_mail(reachable, cleo, clock)
    assert not box.taken
    assert Mail.waiting() == (1, 1)
    assert not Choices.of(reachable.person).is_refused, "the server does not speak for the address"


def test_no_name_where_one_is_asked_for(named, signer, capsys, db):
    named(tls=signer.server(ELSEWHERE), knows=KNOWN)
    assert "it answers 530" in looked(capsys)


def test_a_name_where_none_is_taken(named, signer, capsys, db):
    named(IN_SETTING, tls=signer.server(ELSEWHERE))
    said = looked(capsys)
    assert "it takes no sign-in" in said
    assert "Leave name and passphrase out of WEFT_MAIL" in said


def secrets_in(box: Postbox) -> list[str]:
    """What stood in the open and should not."""
    spoken = " ".join(box.overheard)
    passed = base64.b64encode(f"\0{KNOWN[0]}\0{KNOWN[1]}".encode()).decode()
    return [one for one in (passed, "ada@example.org", "Something waits") if one in spoken]


def test_nothing_is_said_in_the_open_to_a_server_that_does_not_speak_tls(
    reachable, cleo, clock, named, signer, capsys, monkeypatch
):
    box = named(IN_SETTING, knows=KNOWN)
    said = looked(capsys)
    assert "it does not speak TLS" in said
    assert "smtps:// is TLS from the start" in said
    one_mail(reachable, cleo, clock)
    assert Mail.waiting() == (1, 1)
    assert box.spoken >= 2
    assert not box.taken
    assert secrets_in(box) == []
    # The control: a house that takes every server for one on its own machine says it all.
    monkeypatch.setattr(mail.Server, "must_be_safe", False)
    clock.passes(hours=1)
    assert len(box.taken) == 1
    assert len(secrets_in(box)) == 3


@pytest.mark.parametrize(
    "name, days, why, mend",
    [
        ("mail.example.org", 30, "its certificate is for another name", "Write the server in WEFT_MAIL as"),
        ("127.0.0.3", 30, "its certificate is for another name", "Write the server in WEFT_MAIL as"),
        (ELSEWHERE, -1, "its certificate has ended", "has to renew it"),
        (ELSEWHERE, 30, "signed by nobody whom this machine trusts", "SSL_CERT_FILE"),
    ],
)
@pytest.mark.parametrize("whole", [False, True])
def test_a_certificate_that_is_not_good_ends_it(
    reachable, cleo, clock, named, signer, tmp_path, capsys, name, days, why, mend, whole
):
    if "trusts" in why:
        (tmp_path / "other").mkdir()
        tls = Signer(tmp_path / "other").server(name, days)
    else:
        tls = signer.server(name, days)
    box = named(IN_SETTING, tls=tls, whole=whole, knows=KNOWN)
    said = looked(capsys)
    assert why in said
    assert mend in said
    one_mail(reachable, cleo, clock)
    assert box.spoken >= 2
    assert not box.taken
    assert secrets_in(box) == []
    assert Mail.waiting() == (1, 1)


def test_a_port_that_speaks_the_other_kind_of_tls(named, signer, settings, capsys, db):
    box = named(tls=signer.server(ELSEWHERE))
    settings.MAIL = mail.server(box.address.replace("smtp", "smtps"))
    said = looked(capsys)
    assert "TLS with it fails" in said
    assert "(smtps://) or turns to it (smtp://)" in said


def test_nobody_there_is_said(named, settings, capsys, db):
    box = named()
    box.close()
    said = looked(capsys)
    assert "nobody answers there" in said
    assert "host and port in WEFT_MAIL" in said
    settings.MAIL = None
    assert "none is sent" in looked(capsys)
