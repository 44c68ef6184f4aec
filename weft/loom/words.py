"""Words as they are compared: folded, without accents, reduced to their stems, without the little ones."""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache

import snowballstemmer
from django.conf import settings

# One more whenever words are folded or stemmed in another way: then what can be searched is put in order anew.
RULES = 1
STEMMERS = {"en": "english", "de": "german", "fr": "french", "es": "spanish"}
LITTLE = frozenset(
    """a about after all am an and any are as at be been but by did do does for from get got had has have he her his how
    i if im in is it its ive just like me my no not of on or our out she so some someone somebody that the their them
    then there they this to too up us was we were what when who why will with you your""".split()  # noqa: SIM905
)
# As `fold` leaves them. Negations are among them, as in English: a meaning is found by the words that carry it.
ARABIC_LITTLE = frozenset(
    """و ف ب ل ك في من الي علي عن مع بعد قبل عند لدي حتي منذ او ام ثم بل لكن لان لانه لاني ان انه انها اني
    انا انت انتم نحن هو هي هم هن هذا هذه ذلك تلك هنا هناك الذي التي الذين ما ماذا متي اين كيف لماذا هل
    لا لم لن ليس ليست لست كان كانت كنت يكون تكون اكون كل بعض اي قد لقد سوف اذا لو لي لك له لها لنا لهم
    بي به بها فيه فيها منه منها عليه عليها معي معه معها عني عنه شي شيء احد احدا جدا فقط ايضا مثل بين حول
    يا كما حين عندما وانا ولا وما ومن وفي وهو وهي""".split()  # noqa: SIM905
)
ARABIC = re.compile(r"[\u0600-\u06ff]")
# One letter in several shapes, as people type them: teh marbuta as heh, alef maksura and Persian letters as on other
# keyboards; and the stroke that only stretches a word.
SHAPES = str.maketrans("ةىیکٱ٠١٢٣٤٥٦٧٨٩", "هييكا0123456789", "\u0640’'")

ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "لل", "ال")
KEPT_WHOLE = ("والد", "واحد", "وحيد")
ENDINGS = ("تين", "تان", "هما", "كما", "ها", "هم", "هن", "كم", "نا", "ات", "ون", "ين", "ان", "يه", "ه", "ي", "ت", "ا")
LEFT = {"ي": 2, "ا": 4}  # letters that must be left, where it is not three


_one_at_a_time = threading.Lock()  # a stemmer works on its own letters: two pages at once would mix up their words


@cache
def _stemmer(name: str) -> "snowballstemmer.Stemmer":
    return snowballstemmer.stemmer(name)


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes closed up; Arabic without vowel signs, and one alef for all."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(SHAPES)
    if plain.isascii():
        return plain
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def stems(text: str, language: str = "en") -> list[str]:
    """The stems of the words that carry meaning, in order. *language* says how words in Latin letters are read; Arabic
    ones are known by their letters, whatever the page speaks: whoever writes Arabic on an English page is found too."""
    return [_stem(word, _stemmed_as(language)) for word in _telling(text)]


def _telling(text: str) -> list[str]:
    """The words of a text that carry meaning, folded, in order."""
    return [word for word in said_in(text) if word not in LITTLE and word not in ARABIC_LITTLE]


def _stemmed_as(language: str) -> str:
    """The stemmer for Latin letters on a page in this language: where that writes with others, the English one."""
    return STEMMERS.get(language[:2], "english")


@lru_cache(maxsize=20_000)
def _stem(word: str, stemmer: str) -> str:
    if ARABIC.search(word):
        return _arabic_stem(word)
    with _one_at_a_time:
        return str(_stemmer(stemmer).stemWord(word))


def _arabic_stem(word: str) -> str:
    """A light stem: without “and”, the article, what hangs on the end, and the t before it. The packaged stemmer tells
    المدرسة from مدرسة once their last letter is written as most people write it; this one is even-handed."""
    if not word.startswith(KEPT_WHOLE):
        before = next((one for one in ARTICLES if word.startswith(one) and len(word) >= len(one) + 3), "")
        word = word[len(before or ("و" if word.startswith("و") and len(word) >= 6 else "")) :]
    after = next((one for one in ENDINGS if word.endswith(one) and len(word) >= len(one) + LEFT.get(one, 3)), "")
    word = word.removesuffix(after)
    return word[:-1] if word.endswith("ت") and len(word) > 3 else word


def spotter(sought: Iterable[str], languages: Iterable[str]) -> Callable[[str], bool]:
    """Says of a text whether it holds one of these words or phrases, in whatever form: “drinking” for “drinks”."""
    wanted = [_Sought(one, language) for language in languages for one in sought if re.search(r"\w", fold(one))]

    def spots(text: str) -> bool:
        plain = fold(text)
        return any(one.stands_in(plain) for one in wanted)

    return spots


class _Sought:
    """One word or phrase of one language.

    Most texts hold none of it, and are only searched for the core: the longest piece that a word shares with its stem,
    and so with its other forms. Only what stands around a core is stemmed."""

    def __init__(self, phrase: str, language: str) -> None:
        self.language = language
        said = re.findall(r"\w+", fold(phrase))
        self.stems = self.stem(said)
        shared = [_shared(word, stem) for word, stem in zip(said, self.stems, strict=True)]
        self.core = max(shared, key=len)
        self.place = shared.index(self.core)

    def stem(self, said: list[str]) -> list[str]:
        return [_stem(word, _stemmed_as(self.language)) for word in said]

    def stands_in(self, plain: str) -> bool:
        if self.core not in plain:
            return False
        found = re.findall(r"\w+", plain)
        starts = (at - self.place for at, word in enumerate(found) if self.core in word)
        return any(at >= 0 and self.stem(found[at : at + len(self.stems)]) == self.stems for at in starts)


def _shared(word: str, stem: str) -> str:
    pieces = (stem[a:b] for a in range(len(stem)) for b in range(len(stem), a, -1) if stem[a:b] in word)
    return max(pieces, key=len, default="")


def said_in(text: str) -> list[str]:
    """All words of a text, folded, in order."""
    return re.findall(r"\w+", fold(text))


def roots_in(text: str) -> set[str]:
    """The stems of all words of a text, in each language of the house."""
    return {root for word in set(said_in(text)) for root in roots(word)}


@lru_cache(maxsize=50_000)
def roots(word: str) -> frozenset[str]:
    """The stems of a folded word, in each language of the house; none for a little one."""
    stemmers = {_stemmed_as(code) for code, _name in settings.LANGUAGES}
    return frozenset(_stem(one, stemmer) for one in _telling(word) for stemmer in stemmers)


def spots(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word of a text stands in it as it was written, and how it is folded."""
    for found in _word().finditer(text):
        for word in said_in(found.group()):
            yield found.start(), found.end(), word


@cache
def _word() -> re.Pattern[str]:
    """A word with the accents and apostrophes in it, which `fold` takes away: to a pattern they are no letters."""
    marks = "".join(letter for letter in map(chr, range(0x300, 0x1000)) if unicodedata.combining(letter))
    return re.compile(rf"\w[\w'’{marks}]*")
