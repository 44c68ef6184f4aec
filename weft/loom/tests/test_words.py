"""Words as they are compared."""

from concurrent.futures import ThreadPoolExecutor

from weft.loom import words


def test_words_are_folded_and_reduced_to_their_stems():
    assert words.stems("Sleepless nights, and I can't stop DRINKING") == ["sleepless", "night", "cant", "stop", "drink"]


def test_two_pages_at_once_do_not_mix_up_their_words():
    said = [f"sleepless nights wandering{n} drinking{n} alone{n}ly remembering{n}s" for n in range(300)]
    alone = [words.stems(text) for text in said]
    words._stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(words.stems, said))
    assert together == alone
