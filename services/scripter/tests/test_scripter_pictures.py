"""Charts from tables, titles as sentences, and phrases as headlines."""

from artifacts.paper import Paper, Passage, Table
from scripter.casing import Casing
from scripter.headlines import from_sentence, from_title
from scripter.keyphrases import Keyphrases
from scripter.phrases import phrases_for
from scripter.visuals.chart import chart_visual

EN = phrases_for("en")
PROSE = (
    "We studied Be stars with infrared spectroscopy. Be stars are hot, and the spectra of Be stars show lines. "
    "Natural history museums keep fish. The natural history museum is old, and natural light is rare there. "
    "Infrared spectroscopy of the stars is new. We made testing. The "
    "neuropsychological testing is slow, and such testing, if done well, is rare. The testing was done by us. "
    "The museums of the city keep environmental DNA, and environmental DNA is used by most of the museums."
)


def paper(*tables: Table) -> Paper:
    passages = [Passage(id="s1.1", text=PROSE, section="s1")]
    return Paper(title="Infrared Spectroscopy of Be Stars", passages=passages, tables=list(tables))


def yields(caption: str, *rows: list[str], header: tuple[str, ...] = ("Water", "Grain yield, kg")) -> Paper:
    return paper(Table(id="tab.5", label="Table 5", caption=caption, header=[list(header)], rows=list(rows)))


def test_rows_under_a_heading_of_the_table_are_a_chart_of_their_own():
    table = yields(
        "Grain yield of maize by irrigation",
        ["Stillwater 2012", "", ""],
        ["Irrigatedᵃ", "8598", ""],
        ["Rain-fed", "4017", ""],
        ["P value", "0.01", ""],
    )
    chart = chart_visual("Irrigated maize had a grain yield that rain-fed maize never had.", table, EN)
    assert (chart.categories, chart.values) == (["Irrigated", "Rain-fed"], [8598, 4017])
    assert chart.axis == "Stillwater 2012: Grain yield, kg"


def test_ages_in_years_are_a_line():
    rows = [[str(age), f"{80 - age}.5"] for age in range(20, 60, 10)]
    table = yields(
        "Life expectancy of patients by age", *rows, ["60", "20.1"], header=("Age (years)", "Life expectancy, men")
    )
    chart = chart_visual("The life expectancy of the men at the age of 20 years was 60.5 years.", table, EN)
    assert (chart.form, chart.highlight) == ("line", 0)


def test_months_are_a_line_of_what_is_spoken_of_first():
    rows = [["Dec 1854", "1,725", "148"], ["Jan 1855", "2,761", "324"], ["Feb 1855", "2,120", "361"]]
    rows += [["Mar 1855", "1,205", "172"], ["Apr 1855", "5", "57"]]
    table = yields("Deaths by cause and month", *rows, header=("Month", "Zymotic disease", "Other causes"))
    chart = chart_visual("In January 2,761 men died of zymotic disease and 324 of other causes.", table, EN)
    assert (chart.form, chart.axis, chart.highlight) == ("line", "Zymotic disease", 1)


def test_table_of_p_values_is_no_chart():
    rows = [["Irrigation", "0.0150"], ["Treatment", "0.2241"], ["Both", "0.0544"]]
    table = yields("P values of the analysis of grain yield by irrigation and treatment", *rows)
    assert chart_visual("Irrigation changed the grain yield by 0.0150.", table, EN, "See Table 5.") is None


def test_title_keeps_the_capitals_that_the_prose_has():
    assert Casing(paper()).sentence("Infrared Spectroscopy of Be Stars: A Natural History") == (
        "Infrared spectroscopy of Be stars: a natural history"
    )
    profile = (
        "We asked by the Oral Health Profile. Then the Oral Health Profile was used; oral health, and oral health, is."
    )
    asked = Paper(title="x", passages=[Passage(id="s1.1", text=profile)])
    assert Casing(asked).sentence("Notes on the Oral Health Profile") == "Notes on the Oral Health Profile"
    assert Casing(paper()).sentence("NATURAL HISTORY OF THE MUSEUM") == "Natural history of the museum"


def test_headline_never_ends_on_a_word_that_the_paper_uses_as_an_adjective():
    keyphrases = Keyphrases(paper(), EN)
    assert keyphrases.shortened("The museum of natural history", 22) == "The museum"
    assert not keyphrases.may_end("neuropsychological")
    said = "Of all the patients who received a neuropsychological testing, most were well."
    assert from_sentence(said, EN, keyphrases) == "Neuropsychological testing"
    assert from_sentence("We extracted environmental DNA.", EN, keyphrases) == "Environmental DNA"


def test_title_of_more_than_seven_words_is_cut_at_a_seam():
    casing = Casing(paper())
    assert from_title("Overall energy conversion efficiency of a photosynthetic vesicle", EN, casing) == (
        "Overall energy conversion efficiency of photosynthetic vesicle"
    )
    assert from_title("Stimulating the brain makes the fingers more sensitive", EN, casing) == (
        "Stimulating the brain makes fingers more sensitive"
    )
    assert from_title("Analysis of scales and measures of moral virtues", EN, casing) == (
        "Scales and measures of moral virtues"
    )
