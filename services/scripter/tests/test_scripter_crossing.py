"""Scripts in another language than the paper's, and the check that no rendering hides what they say."""

import pytest
from artifacts.script import Evidence, Sentence
from scripter.crossing import disagreements, values_in, verdict_across
from scripter.grounding import Thresholds

ENGLISH = [
    "After warm nights the bees visited 35% fewer flowers than after cool nights.",
    "We followed 240 honey bees from 12 hives in orchards near Lisbon during two summers.",
    "They did not change the kinds of flowers that they visited.",
    "Hives in the shade lost 4 kg less honey than hives in the sun.",
    "The study was limited to one valley, and other bees may behave in other ways.",
    "These results suggest that shade could help honey bees in warm summers.",
]
ABROAD = {
    "es": [
        "Tras las noches cálidas, las abejas visitaron un 35 % menos de flores que tras las noches frescas.",
        "Seguimos a 240 abejas de doce colmenas en huertos cerca de Lisboa durante dos veranos.",
        "No cambiaron los tipos de flores que visitaban.",
        "Las colmenas a la sombra perdieron 4 kg menos de miel que las colmenas al sol.",
        "El estudio se limitó a un solo valle, y otras abejas pueden comportarse de otras maneras.",
        "Estos resultados sugieren que la sombra podría ayudar a las abejas en los veranos cálidos.",
    ],
    "de": [
        "Nach warmen Nächten besuchten die Bienen 35 % weniger Blüten als nach kühlen Nächten.",
        "Wir folgten 240 Honigbienen aus zwölf Stöcken in Obstgärten bei Lissabon zwei Sommer lang.",
        "Die Arten der Blüten, die sie besuchten, änderten sie nicht.",
        "Stöcke im Schatten verloren 4 kg weniger Honig als Stöcke in der Sonne.",
        "Die Studie beschränkte sich auf ein Tal, und andere Bienen verhalten sich vielleicht anders.",
        "Diese Ergebnisse deuten darauf hin, dass Schatten den Honigbienen in warmen Sommern helfen könnte.",
    ],
    "fr": [
        "Après des nuits chaudes, les abeilles ont visité 35 % de fleurs en moins qu'après des nuits fraîches.",
        "Nous avons suivi 240 abeilles de douze ruches dans des vergers près de Lisbonne pendant deux étés.",
        "Elles n'ont pas changé les sortes de fleurs qu'elles visitaient.",
        "Les ruches à l'ombre ont perdu 4 kg de miel de moins que les ruches au soleil.",
        "L'étude se limite à une vallée, et d'autres abeilles peuvent se comporter autrement.",
        "Ces résultats suggèrent que l'ombre pourrait aider les abeilles pendant les étés chauds.",
    ],
    "pt": [
        "Depois de noites quentes, as abelhas visitaram 35% menos flores do que depois de noites frescas.",
        "Seguimos 240 abelhas de doze colmeias em pomares perto de Lisboa durante dois verões.",
        "Elas não mudaram os tipos de flores que visitavam.",
        "As colmeias à sombra perderam 4 kg menos de mel do que as colmeias ao sol.",
        "O estudo limitou-se a um vale, e outras abelhas podem comportar-se de outras maneiras.",
        "Estes resultados sugerem que a sombra poderia ajudar as abelhas em verões quentes.",
    ],
    "ja": [
        "暖かい夜の後、ミツバチが訪れた花は涼しい夜の後より35％少なかった。",
        "私たちはリスボン近郊の果樹園で12の巣箱の240匹のミツバチを二つの夏にわたって追跡した。",
        "訪れる花の種類は変わらなかった。",
        "日陰の巣箱は日なたの巣箱より失った蜂蜜が4 kg少なかった。",
        "この研究は一つの谷に限られ、ほかのハチは異なる行動をとるかもしれない。",
        "これらの結果は、日陰が暖かい夏にミツバチを助けうることを示唆している。",
    ],
}
ROLES = ("hook", "method", "results", "results", "caveat", "end")


@pytest.mark.parametrize("language", ABROAD)
def test_script_is_spoken_in_the_wished_language_and_held_against_the_paper(language, shop, bees, model):
    spoken = ABROAD[language]
    asked = model(
        [(role, [(text, ["abs.1"])]) for role, text in zip(ROLES, spoken, strict=True)],
        renderings=dict(zip(spoken, ENGLISH, strict=True)),
    )
    script, briefs = shop.write(bees, seconds=45, language=language)
    assert script.dropped == []
    assert (script.language, script.writer) == (language, "gemini")
    assert [text.text for brief in briefs for text in brief.sentences] == spoken
    assert {brief.language for brief in briefs} == {language}
    assert script.paper.notices == []
    for sentence, english in zip((s for b in briefs for s in b.sentences), ENGLISH, strict=True):
        assert english in sentence.verdict.checks[0].reason
    translations = [each for each in asked.asked if "lines" in each.schema["properties"]]
    assert not any("orchards" in each.everything for each in translations), "a translator must not see the paper"
    quotes = [brief.visual for brief in briefs if brief.visual.kind == "quote"]
    assert all(quote.text in " ".join(p.text for p in bees.passages) for quote in quotes)


@pytest.mark.parametrize(
    ("text", "gist", "name"),
    [
        ("Las abejas visitaron un 53 % menos de flores.", "The bees visited 35% fewer flowers.", "numbers"),
        ("Las abejas visitaron menos flores.", "The bees visited 35% fewer flowers.", "numbers"),
        ("Doce abejas visitaron las flores.", "The bees visited the flowers.", "numbers"),
        ("Perdieron 4 g menos de miel que las del sol.", "They lost 4 kg less honey than those in the sun.", "numbers"),
        ("Las abejas no visitaron las flores del huerto.", "The bees visited the flowers of the orchard.", "direction"),
        ("Las abejas visitaron las flores del huerto.", "The bees never visited the flowers there.", "direction"),
        ("El número de visitas aumentó en julio.", "The number of visits decreased in July.", "direction"),
        ("Las abejas de Evilcorp visitaron las flores.", "The bees visited the flowers of the orchard.", "entities"),
        ("Las abejas visitaron flores y curan el cáncer de los niños del valle.", "Bees visited.", "similarity"),
        ("The bees visited the flowers of the orchard.", "The bees visited the flowers of the orchard.", "passages"),
    ],
)
def test_rendering_that_hides_what_is_said_is_found(text, gist, name, shop):
    assert name in [check.name for check in disagreements(text, gist, "es", "en")]


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("Costó 2.761,5 euros y 2,5 millones.", "es", {2761.5, 2.5e6}),
        ("Half of the 2,761 soldiers, twelve of them twice.", "en", {0.5, 2761, 12, 2}),
        ("Das waren 1.200 Tiere und 42,5 Prozent.", "de", {1200, 42.5}),
        ("約2万人の42.5％だった。", "ja", {20000, 42.5}),
    ],
)
def test_numbers_of_each_language_are_read(text, language, values):
    assert {value for value, _ in values_in(text, language)} == values


def test_sentence_is_judged_by_what_its_rendering_says_beyond_the_passage():
    passage = "The bees visited 35% fewer flowers after warm nights."
    sentence = Sentence(
        text="Las abejas visitaron un 35 % menos de flores y curan el cáncer.",
        evidence=[Evidence(id="a", text=passage)],
    )
    gist = "The bees visited 35% fewer flowers and they cure cancer of the lung."
    verdict = verdict_across(sentence, gist, {"a": passage}, ("es", "en"), Thresholds())
    assert not verdict.supported


def test_sentence_without_a_rendering_is_not_supported():
    sentence = Sentence(
        text="Las abejas visitaron las flores.", evidence=[Evidence(id="a", text="Bees visit flowers.")]
    )
    assert not verdict_across(sentence, "", {"a": "Bees visit flowers."}, ("es", "en"), Thresholds()).supported


def test_model_that_does_not_speak_the_wished_language_is_not_used(shop, bees):
    script, briefs = shop.write(bees, seconds=30, language="es")
    assert (script.writer, script.language) == ("extractive", "en")
    assert len(script.paper.notices) == 2
    assert {brief.language for brief in briefs} == {"en"}


def test_language_in_which_nothing_can_be_checked_is_not_spoken(shop, bees):
    script, _ = shop.write(bees, seconds=30, language="fi")
    assert (script.writer, script.language) == ("gemini", "en")
    assert "could not be checked" in script.paper.notices[0]
