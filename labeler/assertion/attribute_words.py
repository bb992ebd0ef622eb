"""The words of `attributes/*.yaml` in a sentence: side, place, severity, change, measured sizes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from labeler.rules.attributes import AttributeFile, BindingFile, Comparison, Measures
from labeler.rules.phrases import expand
from labeler.text.tokens import Tokenizer
from labeler.types import SEPARATOR


class AttributeHit(NamedTuple):
    """A value's words in a sentence, `[start, end)` in tokens; `file` is the index of their file."""

    start: int
    end: int
    attribute: str
    value: str
    file: int
    soft: bool = False
    """It counts where nothing else is said: "at the bases", in the plural, names both sides."""


class _Says(NamedTuple):
    """What a phrase says for one file.

    Attributes:
        slot: number of the file and of whether it is soft; phrases of one slot exclude each other.
        values: `""` for words that mean something else.
    """

    slot: int
    values: list[str]


class _Phrases:
    """Phrases by their words, one after the other, so that a sentence is read once.

    Attributes:
        behind: next word -> what begins so.
        says: what the phrase says that ends here.
    """

    __slots__ = ("behind", "says")

    def __init__(self) -> None:
        self.behind: dict[str, _Phrases] = {}
        self.says: list[_Says] = []

    def add(
        self,
        phrases: Iterable[str],
        slot: int,
        value: str,
        words_of: Callable[[str], tuple[str, ...]],
    ) -> None:
        """Take in the phrases of a value."""
        for phrase in phrases:
            for option in expand(phrase):
                node = self
                for word in words_of(option):
                    child = node.behind.get(word)
                    if child is None:
                        child = node.behind[word] = _Phrases()
                    node = child
                node.say(slot, value)

    def say(self, slot: int, value: str) -> None:
        """Let the phrase that ends here say a value."""
        for said in self.says:
            if said.slot == slot:
                if value not in said.values:
                    said.values.append(value)
                return
        self.says.append(_Says(slot, [value]))


class AttributeWords:
    """Finds the attribute words of a sentence.

    Args:
        files: the attribute files, in the order of their names.
        binding: the words by which they find their mentions.
        parents: finding -> the findings above it.
        tokenizer: folds phrases as it folds reports.
    """

    def __init__(
        self,
        files: Sequence[AttributeFile],
        binding: BindingFile,
        parents: Mapping[str, Sequence[str]],
        tokenizer: Tokenizer,
    ) -> None:
        def fold(words: Iterable[str]) -> frozenset[str]:
            return frozenset(norm for word in words for norm in tokenizer.words(word))

        self.files = tuple(files)
        self._applies = [
            {f for f in parents if _speaks_of(file, _line(f, parents))} for file in files
        ]
        self.places = fold(binding.places)
        self.neutral = fold(binding.neutral)
        self.equals = fold(binding.equals)
        self.alternatives = fold(binding.alternatives)
        self.beside = fold(binding.beside)
        self.anaphora = fold(binding.anaphora)
        self._phrases = _Phrases()
        self._plurals = _Phrases()
        self._measures: list[tuple[int, Measures]] = []
        for index, file in enumerate(files):
            for value, phrases in (*file.values.items(), ("", file.none)):
                self._phrases.add(phrases, 2 * index, value, tokenizer.words)
            for value, phrases in file.otherwise.items():
                self._phrases.add(phrases, 2 * index + 1, value, tokenizer.words)
            for value, phrases in file.plurals.items():
                self._plurals.add(phrases, 2 * index + 1, value, _as_spelt)
            if file.measures is not None:
                self._measures.append((index, file.measures))
        self._units = {
            norm: (index, length)
            for index, measures in self._measures
            for unit, length in measures.units.items()
            for norm in tokenizer.words(unit)
        }
        changes = [i for i, file in enumerate(files) if file.attribute == "change"]
        self._change = changes[0] if changes else None
        self._times = fold(w for _, m in self._measures for w in m.times)
        self._ranges = fold(w for _, m in self._measures for w in m.ranges)
        self._earlier = fold(w for _, m in self._measures for w in m.earlier)
        self._away = fold(w for _, m in self._measures for w in m.distances)
        self._landmarks = [
            (index, distance.landmark, sign, tokenizer.words(phrase))
            for index, file in enumerate(files)
            for distance in file.distances
            for sign, phrases in (("", distance.above), ("-", distance.below))
            for phrase in phrases
        ]
        self._landmark_words = {
            distance.landmark: tokenizer.words(distance.landmark)
            for file in files
            for distance in file.distances
        }

    def find(self, words: Sequence[str], spelt: Sequence[str]) -> list[AttributeHit]:
        """The attribute words of a sentence in text order.

        Args:
            words: the sentence's normalised tokens.
            spelt: the same tokens as the text spells them, in lower case.
        """
        hits = self._hits(self._phrases, words)
        if not self._plurals.behind.keys().isdisjoint(spelt):
            hits += self._hits(self._plurals, spelt)
        if not self._units.keys().isdisjoint(words):
            sized = list(self._sizes(words))
            taken = [(h.start, h.end, h.file) for h in sized]
            hits = [
                h for h in hits if not any(s <= h.start < e and f == h.file for s, e, f in taken)
            ]
            hits += [h for h in sized if h.value]
        if len(hits) > 1:
            hits.sort()
        return hits

    def _hits(self, known: _Phrases, words: Sequence[str]) -> list[AttributeHit]:
        """The longest phrases of each slot; a word inside one says nothing more of that slot."""
        hits: list[AttributeHit] = []
        first, files = known.behind, self.files
        size = len(words)
        taken: dict[int, int] = {}
        for start, word in enumerate(words):
            node = first.get(word)
            if node is None:
                continue
            longest: dict[int, tuple[int, list[str]]] = {}
            end = start
            while node is not None:
                end += 1
                for slot, values in node.says:
                    longest[slot] = end, values
                if end == size:
                    break
                node = node.behind.get(words[end])
            for slot, (stop, values) in longest.items():
                if taken.get(slot, 0) <= start:
                    taken[slot] = stop
                    file = slot >> 1
                    for value in values:
                        if value:
                            attribute = files[file].attribute
                            hits.append(
                                AttributeHit(start, stop, attribute, value, file, slot & 1 > 0)
                            )
        return hits

    def _sizes(self, words: Sequence[str]) -> Iterable[AttributeHit]:
        """Measured sizes in mm, what became of them, and distances to landmarks."""
        now: float | None = None
        for i, word in enumerate(words):
            if word not in self._units or not i:
                continue
            index, length = self._units[word]
            start, numbers = self._numbers(words, i)
            if not numbers:
                continue
            place = self._distance(words, i + 1)
            if place is not None:
                file, landmark, sign, end = place
                cm = max(numbers) * length / 10
                value = f"{landmark} {sign}{cm:.3g} cm"
                yield AttributeHit(start, end, self.files[file].attribute, value, file)
            elif start and words[start - 1] in self._earlier:
                if now is not None and self._change is not None:
                    value = self._compared(index, now, max(numbers) * length)
                    yield AttributeHit(
                        start - 1, i + 1, self.files[self._change].attribute, value, self._change
                    )
            elif i + 1 == len(words) or words[i + 1] not in self._away:
                now = max(numbers) * length
                yield AttributeHit(start, i + 1, self.files[index].attribute, f"{now:.6g}", index)

    def _compared(self, index: int, now: float, then: float) -> str:
        """What a size says beside that of a prior image; empty where the rules do not say."""
        measures = self.files[index].measures
        how: Comparison = "larger" if now > then else "smaller" if now < then else "same"
        return measures.compared.get(how, "") if measures is not None else ""

    def _numbers(self, words: Sequence[str], unit: int) -> tuple[int, list[float]]:
        """The numbers in front of a unit, "2.3 x 1.1" or "2 to 3", and where they begin."""
        numbers: list[float] = []
        at = unit
        while at and (number := _number(words[at - 1])) is not None:
            at -= 1
            numbers.append(number)
            joined = at and words[at - 1] in self._times | self._ranges
            before = at - 2
            if joined and before >= 0 and words[before] in self._units:
                before -= 1  # "2 cm x 3 cm"
            if not joined or before < 0 or _number(words[before]) is None:
                break
            at = before + 1
        return at, numbers

    def _distance(self, words: Sequence[str], at: int) -> tuple[int, str, str, int] | None:
        """The landmark that a measure behind `at` is the distance to: file, name, sign, end."""
        for index, landmark, sign, phrase in self._landmarks:
            end = at + len(phrase)
            if tuple(words[at:end]) != phrase:
                continue
            name = self._landmark_words[landmark]
            for skip in (0, 1, 2):
                stop = end + skip + len(name)
                if tuple(words[end + skip : stop]) == name:
                    return index, landmark, sign, stop
        return None

    def speaks_of(self, hit: AttributeHit, finding: str) -> bool:
        """May a word say something of a finding?"""
        return finding in self._applies[hit.file]

    def joined(self, hits: Iterable[AttributeHit]) -> str:
        """The cell of an attribute: the values of its hits in order, joined."""
        found = list(hits)
        if len(found) == 1:
            return found[0].value
        firm = [h for h in found if not h.soft] or found
        values = dict.fromkeys(h.value for h in firm)
        for file in {h.file for h in firm}:
            for whole, parts in self.files[file].together.items():
                if all(part in values for part in parts):
                    values[whole] = None
                if whole in values:
                    values = {v: None for v in values if v not in parts}
        if firm and self.files[firm[0].file].measures is not None:
            return max(values, key=float)
        return SEPARATOR.join(values)


def _line(finding: str, parents: Mapping[str, Sequence[str]]) -> set[str]:
    """A finding and those above it."""
    line = {finding}
    for parent in parents[finding]:
        line |= _line(parent, parents)
    return line


def _speaks_of(file: AttributeFile, line: set[str]) -> bool:
    if not line.isdisjoint(file.not_for):
        return False
    return not file.only_for or not line.isdisjoint(file.only_for)


def _as_spelt(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.lower().split())


def _number(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None
