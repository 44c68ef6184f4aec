"""docs/mail.md lists every mail that the house sends, and no other."""

import re
from pathlib import Path

from weft.notices.mails import MAILS

PAPER = Path(__file__).parents[3] / "docs/mail.md"


def rows(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE))


def test_every_mail_stands_in_the_paper_with_its_subject():
    assert rows(PAPER.read_text()) == {kind: words.subject for kind, words in MAILS.items()}


def test_a_mail_that_is_missing_in_the_paper_is_noticed():
    without = re.sub(r"^\| `weekly`.*\n", "", PAPER.read_text(), flags=re.MULTILINE)
    assert rows(without) != {kind: words.subject for kind, words in MAILS.items()}


def test_there_is_no_way_to_send_one_mail_to_several():
    """No copies and no lists: the one place that hands a mail over names one address."""
    code = {path: path.read_text() for path in (PAPER.parents[1] / "weft").rglob("*.py") if "tests" not in path.parts}
    assert [path.name for path, text in code.items() if ".rcpt(" in text] == ["mail.py"]
    for word in ("sendmail(", "send_message(", "send_mail(", "EmailMultiAlternatives", '"Cc"', '"Bcc"', "smtplib.LMTP"):
        assert not [path for path, text in code.items() if word in text], word
