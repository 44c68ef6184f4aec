"""Forms: what is asked, what is wrong with it, and where."""

import re

from django.template import engines

from weft.loom.style import Sample

PAGE = (
    '{% from "loom/form.html" import field, errors, choices %}'
    "{{ errors(form) }}{% for bound in form %}{{ field(bound) }}{% endfor %}"
)


def draw(form, template=PAGE):
    return engines.all()[0].from_string(template).render({"form": form})


def test_a_fresh_form_has_no_errors():
    page = draw(Sample())
    assert "aria-invalid" not in page
    assert 'role="alert"' not in page


def test_the_summary_names_each_mistake_and_leads_to_its_field():
    page = draw(Sample({}))
    summary = re.search(r'<div class="note help" role="alert".*?</div>', page, re.S)[0]
    assert '<a href="#id_story">What would you like to say?</a>: Please fill this in.' in summary
    targets = re.findall(r'href="#([\w-]+)"', summary)
    assert len(targets) == 4
    for target in targets:
        assert f'id="{target}"' in page


def test_a_wrong_field_points_to_its_hint_and_its_error():
    page = draw(Sample({}))
    about = re.search(r'<input type="text" name="name"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in about
    named = re.search(r'aria-describedby="([^"]*)"', about)[1].split()
    assert len(named) == 2
    for name in named:
        assert f'id="{name}"' in page


def test_a_question_with_choices_is_a_group_with_its_name():
    page = draw(Sample({}))
    group = next(part for part in re.findall(r"<fieldset.*?</fieldset>", page, re.S) if "What would help?" in part)
    assert "<legend>What would help?</legend>" in group
    assert 'aria-describedby="id_wish_error"' in group
    assert group.count('<label class="choice"><input type="radio"') == 3


def test_choices_may_say_more():
    page = draw(
        Sample(),
        '{% from "loom/form.html" import choices %}{{ choices(form.wish, {"listen": "Nobody will give advice."}) }}',
    )
    assert page.count("<small") == 1
    assert "Nobody will give advice." in page


def test_what_is_optional_says_so_and_nothing_has_an_asterisk():
    page = draw(Sample())
    assert page.count("(optional)") == 2
    assert "*" not in page


def test_a_single_box_is_a_row_to_tick():
    page = draw(Sample())
    assert re.search(r'<label class="choice"><input type="checkbox" name="agreed"[^>]*> <span>', page)
    assert 'aria-describedby="id_agreed_helptext"' in page


def test_words_in_a_label_or_an_error_are_text():
    form = Sample({})
    form.fields["name"].label = "<b>bold</b>"
    form.is_valid()
    form.add_error(None, "<i>no</i>")
    page = draw(form)
    assert "&lt;b&gt;bold" in page
    assert "&lt;i&gt;no" in page
    assert "<b>" not in page
