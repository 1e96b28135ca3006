"""Units of measurement by all the words and signs they go by."""

# ruff: noqa: E501 - lists of words and expressions read better unbroken

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """What is measured, and how many of its base one unit is; `under` the same for what stands behind `per`."""

    kind: str
    factor: float = 1.0
    under: str = ""
    per: float = 1.0
    """How many of the base of `under` one of it is."""


NONE = Unit("")
PERCENT = Unit("%")
FRACTION = Unit("fraction")
TIMES = Unit("times")
ORDINAL = Unit("order")

_TABLE = """
points: percentage-points percentage-point Prozentpunkte Prozentpunkten puntos-porcentuales pontos-percentuais points-de-pourcentage =1
%: % percent per-cent prozent pour-cent pourcent % por-ciento por-cento パーセント =1
mass: µg microgram micrograms mikrogramm microgramme microgrammes microgramos microgramas =1e-6 ; mg milligram milligrams milligramme milligrammes milligramm miligramos miligramas =1e-3 ; ng nanogram nanograms =1e-9
mass: g gram grams gramm grammes gramos gramas グラム =1 ; kg kilogram kilograms kilo kilos kilogramm kilogrammes kilogramos quilos キログラム キロ =1e3 ; t Mg tonne tonnes tons tonelada toneladas tonnen =1e6 ; lb lbs pound pounds =453.6 ; ounce ounces oz =28.35
length: nm nanometre nanometer nanometres nanometers =1e-9 ; µm micrometre micrometer micrometres micrometers microns =1e-6 ; mm millimetre millimeter millimetres millimeters millimeter =1e-3
length: cm centimetre centimeter centimetres centimeters zentimeter centímetros =1e-2 ; m metre meter metres meters mètre mètres metro metros メートル =1 ; km kilometre kilometer kilometres kilometers kilómetros quilômetros kilomètres =1e3
length: inch inches =0.0254 ; foot feet ft =0.3048 ; yard yards =0.9144 ; mile miles =1609.34
distance: AU astronomical-units =1 ; ly light-year light-years =63241
time: ms millisecond milliseconds =1e-3 ; s sec second seconds sekunde sekunden secondes segundos 秒 =1 ; min minute minutes minuten minutos 分 =60 ; h hr hour hours stunde stunden heure heures hora horas 時間 =3600
time: d day days tag tage tagen jour jours día días dia dias 日 =86400 ; wk week weeks woche wochen semaine semaines semana semanas 週 週間 =604800 ; month months monat monate monaten mois mes meses mês か月 ヶ月 =2629800 ; fortnight =1209600
time: y yr yrs year years jahr jahre jahren an ans année années año años ano anos 年 =31557600 ; decade decades =315576000 ; century centuries =3155760000
celsius: °C °c degrees-Celsius degree-Celsius degrees-centigrade grad-celsius degrés-celsius grados-celsius graus-celsius ℃ ° degree degrees grad degré degrés grado grados grau graus 度 =1
kelvin: mK millikelvin =1e-3 ; K kelvin kelvins =1
volume: µl µL microlitre microliter microlitres microliters =1e-6 ; ml mL millilitre milliliter millilitres milliliters =1e-3 ; l L litre liter litres liters litro litros =1
amount: nM =1e-9 ; µM =1e-6 ; mM =1e-3 ; nmol =1e-9 ; µmol =1e-6 ; mmol =1e-3 ; mol =1
bases: bp base-pair base-pairs basepair basepairs bases =1 ; kb kbp kilobase kilobases =1e3 ; Mb Mbp megabase megabases =1e6 ; Gb Gbp gigabase gigabases =1e9
energy: Wh watt-hour watt-hours =1 ; GWh gigawatt-hour gigawatt-hours =1e9 ; TWh terawatt-hour terawatt-hours =1e12 ; kWh kilowatt-hour kilowatt-hours =1e3 ; MWh megawatt-hour megawatt-hours =1e6
joule: J joule joules =1 ; kJ =1e3 ; erg ergs =1e-7 ; eV =1.6e-19 ; keV =1.6e-16 ; MeV =1.6e-13 ; GeV =1.6e-10
power: mW =1e-3 ; W watt watts =1 ; kW =1e3 ; MW megawatts megawatt =1e6
frequency: Hz hertz =1 ; kHz =1e3 ; MHz =1e6 ; GHz =1e9
area: ha hectare hectares hektar hectárea hectáreas =1e4 ; acre acres =4047 ; m² square-metre square-meter square-metres square-meters quadratmeter mètre-carré mètres-carrés metro-cuadrado metros-cuadrados metro-quadrado metros-quadrados =1 ; km² square-kilometre square-kilometer square-kilometres square-kilometers quadratkilometer kilomètres-carrés kilómetros-cuadrados quilômetros-quadrados =1e6
speed: mph miles-per-hour =0.447 ; km/h kilometres-per-hour kilometers-per-hour kph stundenkilometer =0.2778 ; knot knots =0.5144
cubic: m³ cubic-metre cubic-meter cubic-metres cubic-meters kubikmeter mètre-cube mètres-cubes metro-cúbico metros-cúbicos =1 ; cm³ cubic-centimetre cubic-centimetres cubic-centimeters =1e-6 ; km³ cubic-kilometre cubic-kilometres cubic-kilometers cubic-kilometer =1e9
pressure: mmHg millimetres-of-mercury millimeters-of-mercury millimetre-of-mercury =1 ; hPa =0.75 ; kPa =7.5
money-eur: € euro euros =1 ; céntimos-de-euro cents-of-a-euro céntimos =0.01
money-usd: $ dollar dollars =1
times: times fold -fold fach mal veces vezes fois 倍 =1
sound: dB dBA decibel decibels dezibel décibels decibelios decibéis =1
fahrenheit: °F degrees-Fahrenheit =1
voltage: mV millivolt millivolts =1e-3 ; V volt volts =1 ; kV kilovolts =1e3
current: mA milliamperes =1e-3 ; ampere amperes amps =1
force: N newton newtons =1 ; kN =1e3
stress: Pa pascal pascals =1 ; MPa megapascal megapascals =1e6 ; GPa gigapascal gigapascals =1e9
calories: kcal kilocalorie kilocalories calories =1
people: 人 =1
cells: cells/µl cells/µL cells/mm³ cells-per-microlitre cells-per-microliter =1
"""


def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        kind, _, rest = line.partition(": ")
        for entry in rest.split(" ; "):
            words, _, factor = entry.rpartition(" =")
            for word in words.split():
                name = word.replace("-", " ") if not word.startswith("-") else word
                found[name] = Unit("%" if kind == "%" else kind, float(factor))
    return found


NAMES = _units()
_LONGEST = "|".join(re.escape(name).replace(r"\ ", "[ -]") for name in sorted(NAMES, key=len, reverse=True))
_AT = re.compile(
    rf"(?: more| extra| additional| other| further)?[ -]?(?P<unit>{_LONGEST})(?![^\W\d_])(?!\.[a-z])", re.IGNORECASE
)
_AT_CJK = re.compile(rf"(?P<unit>{_LONGEST})", re.IGNORECASE)
_PER = re.compile(
    rf"(?: more| less| fewer)?(?:/| per | on each | on every | an? | in an? | each | every | pro | par | por )(?P<unit>{_LONGEST})(?![^\W\d_])",
    re.IGNORECASE,
)


def unit_at(text: str, language: str) -> tuple[Unit, int]:
    """The unit that a text begins with, and how many characters it takes; none where there is none."""
    match = (_AT_CJK if language in {"ja", "zh"} else _AT).match(text)
    unit = _named(match["unit"]) if match else None
    if match is None or unit is None:
        return NONE, 0
    per = _PER.match(text, match.end())
    under = _named(per["unit"]) if per else None
    if per is None or under is None or unit.kind in {"%", "times"}:
        return unit, match.end()
    return Unit(unit.kind, unit.factor, under.kind, under.factor), per.end()


def _named(written: str) -> Unit | None:
    name = written.replace("-", " ") if not written.startswith("-") else written
    return NAMES.get(name) or (NAMES.get(name.lower()) if len(name) > 3 else None)
