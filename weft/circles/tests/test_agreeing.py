"""The agreement has versions; a new one asks again."""

from django.urls import reverse


def test_a_new_version_asks_again_and_an_old_yes_still_stands(cleo, ada, circle, sign_in):
    first = circle.agreement
    desk = reverse("circles:new_agreement", kwargs={"key": circle.pk})
    assert sign_in(ada).get(desk).status_code == 404
    sign_in(cleo).post(desk, {"text": "- Be on time.", "clauses": ""})
    page = reverse("circles:agreement", kwargs={"key": circle.pk})
    assert "The agreement has changed" in sign_in(ada).get(page).content.decode()
    answer = sign_in(ada).post(page, {"yes": "on", "next": "/\\elsewhere.example/"})
    assert answer["Location"] == circle.get_absolute_url()
    versions = [yes.agreement.version for yes in ada.acceptances.order_by("agreement__version")]
    assert versions == [1, 2]
    assert ada.has_accepted(first)


def test_an_agreement_is_short_enough_to_be_read(cleo, circle, sign_in):
    page = sign_in(cleo).post(
        reverse("circles:new_agreement", kwargs={"key": circle.pk}), {"text": "word " * 201, "clauses": ""}
    )
    assert "201 words long" in page.content.decode()
    assert circle.agreements.count() == 1
