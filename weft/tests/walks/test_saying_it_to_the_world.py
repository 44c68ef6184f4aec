"""A story goes out under a third name: written anew, read by a second person, seen as the world sees it, taken back."""

from weft.tests.walks.conftest import tell

STORY = "My brother Piet drank. We lived above the bakery."
FIRST = "My brother was an alcoholic. I am an alcoholic. We lived above the bakery."
WORLD = "My brother drank, and so did I. He stopped on a Tuesday. I stopped a year later."


def test_from_a_story_to_a_public_page_and_back(walk, come, script, ada, reader):
    walk.expect("410 (Gone)")
    story = tell(ada, STORY)
    me = come(ada, script=script).opens(story.get_absolute_url()).taps("Say it to the world, under another name")
    me.reads("This is a copy.").writes("River", "A name for the world").writes(FIRST, "Your words").taps("Keep it")
    me.reads("This is a name by which you are known here.")
    me.writes("Marigold", "A name for the world").chooses("Anybody may read it", "It may be printed").taps("Keep it")

    me.reads(
        "Kept. Only you can see it.",
        "A thought about how others are named",
        "You wrote alcoholic",
        "Only you see this.",
    )
    assert me.page.locator("#hints + ul li").count() == 1, "of oneself nothing is said"
    me.taps("Hide this thought").reads_nothing_of("A thought about how others are named")

    me.taps("Give it to a second person to read").reads("It waits for a second person to read it.")
    world = come(script=script).opens("/voices/").reads_nothing_of("Marigold")
    noor = come(reader, script=script).opens("/voices/reading/").taps("Marigold").reads("above the bakery")
    noor.reads_nothing_of("River", "Evening Circle", "Piet")
    noor.writes("We lived above the bakery.", "Passages").taps("Give it back with my marks")
    me.opens(me.page.url).reads("What the reader wrote", "We lived above the bakery.")
    me.writes(WORLD, "Your words").taps("Save the change").taps("Give it to a second person to read")
    noor.opens("/voices/reading/").taps("Marigold").taps("Yes, this exposes nobody").reads("Thank you.")

    voice = me.page.url
    seen = me.opens(voice).taps("See exactly what the world would see").reads("He stopped on a Tuesday.").page.content()
    me.opens(voice).taps("Let anybody read it").reads("Anybody may read it now.")
    world.opens("/voices/").taps("Marigold").reads("He stopped on a Tuesday.", "Please do not use it in a course.")
    assert world.page.content() == seen
    assert world.page.context.cookies() == []
    there = world.page.url
    assert "Marigold" in world.page.request.get("/voices/feed/").text()
    world.taps("You may print this").reads("He stopped on a Tuesday.")

    me.taps("Take it back").reads("It is taken back.")
    for address in (there, f"{there}sheet/", "/voices/", "/voices/feed/"):
        assert "Marigold" not in world.page.request.get(address).text()
    world.opens(there).reads("There is nothing here")
    me.opens(story.get_absolute_url()).reads("Piet")
