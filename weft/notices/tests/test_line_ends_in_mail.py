"""Nobody writes a line of a mail, or to the mail server, that the house did not write: no header, no second person."""

import smtplib
from email.message import Message

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from weft.circles.models import House
from weft.loom import mail
from weft.notices.models import Choices, Mail
from weft.notices.tests.test_mailing import SOON, answered, choose
from weft.people.models import Person

ENDS = ["\r\n", "\r", "\n", "\0", "\v", "\x1c", "\x85", "\u2028"]
ONES_OWN = [
    "ada@example.org{}Bcc: eve@example.org",
    "ada@example.org{}>{}RCPT TO:<eve@example.org",
    "{}ada@example.org",
    '"ada{}Bcc: eve"@example.org',
    "ada@exam{}ple.org",
    "ada{}@example.org",
    "ada@example.org{}.{}MAIL FROM:<x@y.z>",
]
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Unsubscribe",
    "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
}  # fmt: skip


def injected(sent: Message, box) -> list[str]:
    """What somebody got into a mail, or said to the server, that the house does not write."""
    found = [name for name in sent if name not in HEADERS]
    found += [name for name in set(sent.keys()) if len(sent.get_all(name)) > 1]
    found += [said for said in box.overheard if "eve@" in said or said.upper().startswith("BCC")]
    found += ["another person"] * any(len(to) != 1 for _sender, to, _content in box.taken)
    return found


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_an_address_with_a_line_end_goes_nowhere(reachable, cleo, postbox, clock, end):
    """Even if it lay in the database already."""
    choose(reachable, **SOON, quiet=[0, 0])
    for number, form in enumerate(ONES_OWN):
        person = Person.objects.get(pk=reachable.person.pk)
        person.address(form.replace("{}", end))
        Choices.of(person).confirm()
        if person.email.isprintable() and "Bcc" not in person.email:
            continue  # what ends in a line end is kept without it, and is an address
        answered(reachable, cleo, f"Number {number}.")
        clock.passes(hours=2)
        assert not postbox.taken
        assert Choices.of(person).is_refused, "they read in their settings that it takes nothing"
        assert Mail.waiting() == (0, 0), "and nothing is tried for ever"
        assert not [said for said in postbox.overheard if not said.upper().startswith(("EHLO", "QUIT", "RSET"))]


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_an_address_with_a_line_end_cannot_be_kept(ada, sign_in, end):
    browser = sign_in(ada)
    for form in ONES_OWN:
        typed = form.replace("{}", end)
        browser.post(reverse("people:email"), {"email": typed, "present": "a kettle and three spoons"})
        kept = Person.objects.get(pk=ada.person.pk).email
        assert kept in ("", "ada@example.org"), "at most without what stands around it"


def test_an_address_between_quotation_marks_is_asked_for_again_in_plain_words(ada, sign_in):
    form = {"email": '"ada\x1cBcc"@example.org', "present": "a kettle and three spoons"}
    assert "does not look like an e-mail address" in sign_in(ada).post(reverse("people:email"), form).content.decode()


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_names_and_words_with_line_ends_reach_no_mail(reachable, cleo, circle, postbox, clock, end):
    """Names are kept as they are here, without the forms that mend them."""
    choose(reachable, **SOON)
    for here in (circle, House.here().commons):
        here.name = f"{here.name}{end}Bcc: eve@example.org"
        here.save(update_fields=["name"])
    for persona in (cleo, reachable):
        persona.name = f"{persona.name}{end}Bcc: eve@example.org"
        persona.save(update_fields=["name"])
    answered(reachable, cleo, f"Words.{end}.{end}MAIL FROM:<eve@example.org>")
    clock.passes(minutes=30)
    (sent,) = postbox.mails
    assert sent["Subject"] == "Something new"
    assert set(sent.keys()) == HEADERS
    assert injected(sent, postbox) == []


@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=repr)
def test_the_control_a_mail_that_is_put_together_by_hand_is_noticed(postbox, end):
    heads = f"Subject: Something new\r\nTo: ada@example.org{end}Bcc: eve@example.org\r\nMessage-ID: <1@here>"
    with smtplib.SMTP(*postbox.server_address) as line:
        line.sendmail("notes@here", ["ada@example.org"], f"{heads}\r\n\r\nWords.")
    (sent,) = postbox.mails
    assert "Bcc" in injected(sent, postbox)


@pytest.mark.parametrize("end", ENDS, ids=repr)
@pytest.mark.parametrize("said", ["No{}tes <notes@example.org>", "Notes <no{}tes@example.org>", "notes@exam{}ple.org"])
def test_a_sender_with_a_line_end_stops_the_house(said, end):
    with pytest.raises(ImproperlyConfigured):
        mail.sender(said.replace("{}", end), "example.org")


def test_a_host_in_another_script_is_spoken_in_its_plain_form(reachable):
    assert mail.mailbox("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert mail.sender("", "[::1]") == ("Notes", "notes@[::1]")


def test_a_sender_has_a_name_or_none(reachable):
    assert mail.sender("mill@example.org", "localhost") == ("Notes", "mill@example.org")
    assert mail.sender('"Mill House" <mill@example.org>', "localhost") == ("Mill House", "mill@example.org")
    for broken in ("Mill <mill@example.org", "mill", "Mill mill@example.org", "<>", "a <b> <c@example.org>"):
        with pytest.raises(ImproperlyConfigured):
            mail.sender(broken, "localhost")


def test_a_mailbox_in_another_script_takes_no_mail(reachable):
    with pytest.raises(mail.Refused):
        mail.mailbox("adä@example.org")
