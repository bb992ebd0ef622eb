"""What the options with a fixed choice may be; the help lists it, and so does a wrong choice.

Said here again, for the modules that know them take a second to import, which the help need not wait
for; the tests hold the two together. Label sets and section policies are not here: a rule folder may
bring its own.
"""

from enum import StrEnum


class LayoutName(StrEnum):
    """The layouts of the label table."""

    table = "table"
    wide = "wide"
    chexpert = "chexpert"
    mimic = "mimic"
    nih = "nih"
    label_studio = "label-studio"
    doccano = "doccano"
    note_nlp = "note_nlp"
    fhir = "fhir"


class Engine(StrEnum):
    """What runs a corpus."""

    plain = "plain"
    spark = "spark"


class OnError(StrEnum):
    """What a bad row does."""

    stop = "stop"
    skip = "skip"


class Kind(StrEnum):
    """The published label sets that can be read."""

    chexpert = "chexpert"
    mimic = "mimic"
    vindr = "vindr"
    vinbigdata = "vinbigdata"
    nih = "nih"
    chestxdet10 = "chestxdet10"
    padchest = "padchest"
    openi = "openi"
    chexpert_plus = "chexpert-plus"
    brax = "brax"
    mimic_lt = "mimic-lt"
    vindr_pcxr = "vindr-pcxr"
    rsna = "rsna"
    siim = "siim"
    readings = "readings"
    label_studio = "label-studio"
    doccano = "doccano"


class Consensus(StrEnum):
    """How several readers become one label."""

    majority = "majority"
    any = "any"
    all = "all"
    none = "none"


class Absent(StrEnum):
    """What a name means that is not listed."""

    negative = "negative"
    unknown = "unknown"


class By(StrEnum):
    """What a row is."""

    image = "image"
    study = "study"


class UnknownNames(StrEnum):
    """What a name does that no crosswalk has."""

    error = "error"
    ignore = "ignore"


class Uncertain(StrEnum):
    """What an uncertain cell becomes."""

    ones = "ones"
    zeros = "zeros"
    ignore = "ignore"
    multiclass = "multiclass"


class EmptyCode(StrEnum):
    """What an empty cell becomes."""

    auto = "auto"
    zeros = "zeros"
    ignore = "ignore"


class EmptyReference(StrEnum):
    """What an empty cell of a reference means."""

    auto = "auto"
    not_mentioned = "not-mentioned"
    unknown = "unknown"
