"""How symbols are said, by language: the data behind `speakable`."""

from dataclasses import dataclass, field

GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "omicron",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "chi",
            "psi",
            "omega",
        ],
        strict=True,
    )
) | {"ς": "sigma", "ϵ": "epsilon", "ϕ": "phi"}

ELEMENTS = frozenset(
    [
        "H",
        "He",
        "Li",
        "Be",
        "B",
        "C",
        "N",
        "O",
        "F",
        "Ne",
        "Na",
        "Mg",
        "Al",
        "Si",
        "P",
        "S",
        "Cl",
        "Ar",
        "K",
        "Ca",
        "Sc",
        "Ti",
        "V",
        "Cr",
        "Mn",
        "Fe",
        "Co",
        "Ni",
        "Cu",
        "Zn",
        "Ga",
        "Ge",
        "As",
        "Se",
        "Br",
        "Kr",
        "Rb",
        "Sr",
        "Y",
        "Zr",
        "Nb",
        "Mo",
        "Tc",
        "Ru",
        "Rh",
        "Pd",
        "Ag",
        "Cd",
        "In",
        "Sn",
        "Sb",
        "Te",
        "I",
        "Xe",
        "Cs",
        "Ba",
        "La",
        "Ce",
        "Pt",
        "Au",
        "Hg",
        "Tl",
        "Pb",
        "Bi",
        "U",
    ]
)


@dataclass(frozen=True)
class Terms:
    """The words of one language. Empty `units`: the speech engine is left to say symbols as it does."""

    percent: str = "%"
    degree: str = "°"
    celsius: str = "°C"
    fahrenheit: str = "°F"
    plus_minus: str = "±"
    plus: str = "+"
    minus: str = "-"
    less: str = "<"
    greater: str = ">"
    at_most: str = "≤"
    at_least: str = "≥"
    equals: str = "="
    about: str = "~"
    to: str = "-"
    times: str = "×"
    power: str = "^"
    per: str = "/"
    squared: str = "2"
    cubed: str = "3"
    slash: str = " "
    link: str = ""
    thousands: str = ","
    units: dict[str, str] = field(default_factory=dict)
    singular: dict[str, str] = field(default_factory=dict)
    """For units whose singular differs, as in `one gram`, and after `per`."""
    ions: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """Abbreviations and names, said otherwise than they are written."""


def _units(text: str) -> dict[str, str]:
    """`symbol=word` pairs, separated by commas."""
    return dict(pair.split("=") for pair in text.replace("\n", "").split(","))


_ENGLISH_SINGULAR = _units(
    "g=gram,kg=kilogram,mg=milligram,µg=microgram,ng=nanogram,pg=picogram,t=tonne,m=metre,km=kilometre,cm=centimetre,"
    "mm=millimetre,µm=micrometre,nm=nanometre,Å=angstrom,L=litre,l=litre,dL=decilitre,dl=decilitre,mL=millilitre,"
    "ml=millilitre,µL=microlitre,µl=microlitre,mol=mole,mmol=millimole,µmol=micromole,nmol=nanomole,h=hour,hr=hour,"
    "hrs=hour,min=minute,mins=minute,s=second,sec=second,ms=millisecond,µs=microsecond,d=day,wk=week,yr=year,yrs=year,"
    "day=day,week=week,month=month,year=year,hour=hour,minute=minute,second=second,person-years=person-year,"
    "kDa=kilodalton,Da=dalton,kb=kilobase,bp=base pair,Mb=megabase,kcal=kilocalorie,cal=calorie,J=joule,kJ=kilojoule,"
    "W=watt,kW=kilowatt,MW=megawatt,GW=gigawatt,V=volt,mV=millivolt,kV=kilovolt,eV=electron volt,"
    "keV=kilo electron volt,"
    "MeV=mega electron volt,GeV=giga electron volt,TeV=tera electron volt,Pa=pascal,kPa=kilopascal,MPa=megapascal,"
    "GPa=gigapascal,hPa=hectopascal,N=newton,T=tesla,mT=millitesla,K=kelvin,IU=international unit,U=unit,ha=hectare,"
    "ppm=part per million,ppb=part per billion,dB=decibel,mmHg=millimetre of mercury,rpm=revolution per minute,"
    "µM=micromolar,mM=millimolar,nM=nanomolar,M=molar,pM=picomolar,Gy=gray,mGy=milligray,mSv=millisievert,Bq=becquerel,"
    "pc=parsec,kpc=kiloparsec,Mpc=megaparsec,ly=light year,AU=astronomical unit,GB=gigabyte,MB=megabyte,TB=terabyte,"
    "lb=pound,oz=ounce,ft=foot,mi=mile,Hz=hertz,kHz=kilohertz,MHz=megahertz,GHz=gigahertz,THz=terahertz"
)
_ENGLISH_PLURAL = {
    symbol: word if word.endswith(("molar", "hertz", "gray", "kelvin", "tesla")) else word + "s"
    for symbol, word in _ENGLISH_SINGULAR.items()
} | {
    "ppm": "parts per million",
    "ppb": "parts per billion",
    "ft": "feet",
    "mmHg": "millimetres of mercury",
    "rpm": "revolutions per minute",
}

ENGLISH = Terms(
    percent="percent",
    degree="degrees",
    celsius="degrees Celsius",
    fahrenheit="degrees Fahrenheit",
    plus_minus="plus or minus",
    plus="plus",
    minus="minus",
    less="less than",
    greater="more than",
    at_most="at most",
    at_least="at least",
    equals="equals",
    about="about",
    to="to",
    times="times",
    power="to the",
    per="per",
    squared="squared",
    cubed="cubed",
    slash=" or ",
    link="web address",
    units=_ENGLISH_PLURAL,
    singular=_ENGLISH_SINGULAR,
    ions={
        "Ca2+": "calcium two plus",
        "Na+": "sodium plus",
        "K+": "potassium plus",
        "Mg2+": "magnesium two plus",
        "H+": "hydrogen plus",
        "Cl-": "chloride",
        "Zn2+": "zinc two plus",
        "Fe2+": "iron two plus",
        "Fe3+": "iron three plus",
        "Cu2+": "copper two plus",
    },
    words={
        "e.g.": "for example",
        "eg.": "for example",
        "i.e.": "that is",
        "ie.": "that is",
        "vs.": "versus",
        "vs": "versus",
        "v.": "versus",
        "cf.": "compare",
        "ca.": "about",
        "c.": "about",
        "approx.": "approximately",
        "al.": "al",
        "fig.": "figure",
        "figs.": "figures",
        "eq.": "equation",
        "no.": "number",
        "etc.": "et cetera",
        "dr.": "doctor",
        "prof.": "professor",
        "st.": "saint",
        "resp.": "respectively",
        "and/or": "and or",
        "&": "and",
        "w/o": "without",
        "w/": "with",
        "ph": "P H",
        "phd": "P H D",
        "hba1c": "H B ay 1 C",
        "brca1": "bracka 1",
        "brca2": "bracka 2",
        "covid-19": "covid 19",
        "sars-cov-2": "sars cov 2",
        "arxiv": "archive",
        "crispr": "crisper",
        "cas9": "cass 9",
        "χ": "kai",
        "†": "",
        "‡": "",
    },
)

_METRIC = ["g", "kg", "mg", "m", "km", "cm", "mm", "h", "min", "s", "mL", "ml", "L", "l"]


def _metric(words: str) -> dict[str, str]:
    return dict(zip(_METRIC, words.split(), strict=True))


GERMAN = Terms(
    "Prozent", "Grad", "Grad Celsius", "Grad Fahrenheit", "plus minus", "plus", "minus", "kleiner als", "größer als",
    "höchstens", "mindestens", "gleich", "etwa", "bis", "mal", "hoch", "pro", "quadrat", "kubik", " oder ",
    "Netzadresse", ".",
    _metric("Gramm Kilogramm Milligramm Meter Kilometer Zentimeter Millimeter Stunden Minuten Sekunden Milliliter "
            "Milliliter Liter Liter") | {"µg": "Mikrogramm", "µm": "Mikrometer", "nm": "Nanometer"},
    {"h": "Stunde", "min": "Minute", "s": "Sekunde"},
    words={"z.b.": "zum Beispiel", "d.h.": "das heißt", "bzw.": "beziehungsweise", "ca.": "zirka", "vs.": "gegen",
           "&": "und", "und/oder": "und oder"},
)  # fmt: skip
FRENCH = Terms(
    "pour cent", "degrés", "degrés Celsius", "degrés Fahrenheit", "plus ou moins", "plus", "moins", "inférieur à",
    "supérieur à", "au plus", "au moins", "égale", "environ", "à", "fois", "puissance", "par", "carré", "cube", " ou ",
    "adresse web", "",
    _metric("grammes kilogrammes milligrammes mètres kilomètres centimètres millimètres heures minutes secondes "
            "millilitres millilitres litres litres") | {"µg": "microgrammes", "µm": "micromètres", "nm": "nanomètres"},
    _metric("gramme kilogramme milligramme mètre kilomètre centimètre millimètre heure minute seconde millilitre "
            "millilitre litre litre"),
    words={"p.ex.": "par exemple", "c.-à-d.": "c'est-à-dire", "vs.": "contre", "env.": "environ", "&": "et",
           "et/ou": "et ou"},
)  # fmt: skip
SPANISH = Terms(
    "por ciento", "grados", "grados Celsius", "grados Fahrenheit", "más o menos", "más", "menos", "menor que",
    "mayor que", "como máximo", "al menos", "igual a", "aproximadamente", "a", "por", "elevado a", "por", "cuadrado",
    "cúbico", " o ", "dirección web", ".",
    _metric("gramos kilogramos miligramos metros kilómetros centímetros milímetros horas minutos segundos mililitros "
            "mililitros litros litros") | {"µg": "microgramos", "µm": "micrómetros", "nm": "nanómetros"},
    _metric("gramo kilogramo miligramo metro kilómetro centímetro milímetro hora minuto segundo mililitro mililitro "
            "litro litro"),
    words={"p.ej.": "por ejemplo", "vs.": "contra", "aprox.": "aproximadamente", "&": "y", "y/o": "y o"},
)  # fmt: skip
PORTUGUESE = Terms(
    "por cento", "graus", "graus Celsius", "graus Fahrenheit", "mais ou menos", "mais", "menos", "menor que",
    "maior que", "no máximo", "pelo menos", "igual a", "cerca de", "a", "vezes", "elevado a", "por", "quadrado",
    "cúbico", " ou ", "endereço web", ".",
    _metric("gramas quilogramas miligramas metros quilômetros centímetros milímetros horas minutos segundos mililitros "
            "mililitros litros litros") | {"µg": "microgramas", "µm": "micrômetros", "nm": "nanômetros"},
    _metric("grama quilograma miligrama metro quilômetro centímetro milímetro hora minuto segundo mililitro mililitro "
            "litro litro"),
    words={"p.ex.": "por exemplo", "vs.": "contra", "aprox.": "aproximadamente", "&": "e", "e/ou": "e ou"},
)  # fmt: skip
ITALIAN = Terms(
    "per cento", "gradi", "gradi Celsius", "gradi Fahrenheit", "più o meno", "più", "meno", "minore di", "maggiore di",
    "al massimo", "almeno", "uguale a", "circa", "a", "per", "elevato a", "per", "quadrato", "cubo", " o ",
    "indirizzo web", ".",
    _metric("grammi chilogrammi milligrammi metri chilometri centimetri millimetri ore minuti secondi millilitri "
            "millilitri litri litri") | {"µg": "microgrammi", "µm": "micrometri", "nm": "nanometri"},
    _metric("grammo chilogrammo milligrammo metro chilometro centimetro millimetro ora minuto secondo millilitro "
            "millilitro litro litro"),
    words={"p.es.": "per esempio", "vs.": "contro", "&": "e", "e/o": "e o"},
)  # fmt: skip

TERMS = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH, "pt": PORTUGUESE, "it": ITALIAN}


def terms_of(language: str) -> Terms:
    """The words of a language by its ISO 639-1 code or tag; a language without a table leaves symbols as they are."""
    return TERMS.get(language.lower().split("-")[0], Terms())
