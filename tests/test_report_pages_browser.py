"""The pages of one report and of a labelled corpus in a real headless browser."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeler.cli import app
from labeler.engine.labeler import Labeler
from labeler.explanation.explain import Explainer
from labeler.pages.explanation import explanation_page

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

SCRIPT = "<script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"
TEXT = f'FINDINGS: Opacity/edema ({SCRIPT}) & "mass". No effusion, or  2.5 cm\nnodule.'


def open_page(browser, path: Path, place: str = "") -> None:
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(path.as_uri() + place)
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    assert browser.execute_script("return window.hacked") is None


@pytest.fixture(scope="module")
def explained(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("explained") / "why.html"
    path.write_text(explanation_page(Explainer(Labeler())(TEXT), "7"), encoding="utf-8")
    return path


def test_the_text_of_a_report_is_shown_as_it_is(browser, explained: Path) -> None:
    open_page(browser, explained)
    script = """
      const copy = document.querySelector('#text').cloneNode(true);
      copy.querySelectorAll('h2, h4, .name').forEach((part) => part.remove());
      return copy.textContent;
    """
    assert "".join(browser.execute_script(script).split()) == "".join(TEXT.split())
    assert "or  2.5 cm\nnodule" in browser.execute_script(script)


def test_a_cue_is_tied_to_its_mention_and_its_reason(browser, explained: Path) -> None:
    open_page(browser, explained)
    names = browser.find_elements(By.CSS_SELECTOR, ".name")
    mention = next(n for n in names if "Pleural Effusion −" in n.text)
    number = mention.find_element(By.TAG_NAME, "a").text
    cues = [n for n in names if n.text.startswith("cue")]
    assert any(number in n.find_element(By.TAG_NAME, "a").text.split(", ") for n in cues)
    mention.find_element(By.TAG_NAME, "a").click()
    reason = browser.find_element(By.CSS_SELECTOR, ".reason:target")
    assert reason.get_attribute("id") == f"m{number}"
    assert "pleural_effusion.yaml:" in reason.text
    assert "20_negation.yaml:" in reason.text


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    reports = folder / "reports.csv"
    reports.write_text(
        "id,findings,impression\n"
        f"a/1 ü,No edema {SCRIPT}.,Possible pneumonia.\n"
        "b,Small effusion.,No pneumonia.\n"
        "c,The lungs are clear.,\n"
        "d,,\n"
    )
    page = folder / "labels.html"
    command = ["label", str(reports), "--output", str(folder / "l.csv"), "--html", str(page)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return page


def listed(browser) -> list[str]:
    rows = browser.find_elements(By.CSS_SELECTOR, "#corpus tbody tr")
    return [row.get_attribute("data-id") for row in rows if row.is_displayed()]


def choose(browser, field: str, value: str) -> None:
    Select(browser.find_element(By.ID, field)).select_by_value(value)


def test_the_reports_of_a_corpus_are_filtered_by_what_they_say(browser, corpus: Path) -> None:
    open_page(browser, corpus)
    assert listed(browser) == ["a/1 ü", "b", "c", "d"]
    choose(browser, "c-observation", "Pneumonia")
    assert listed(browser) == ["a/1 ü", "b"]
    choose(browser, "c-value", "neg")
    assert listed(browser) == ["b"]
    choose(browser, "c-section", "findings")
    assert listed(browser) == []
    assert browser.find_element(By.CSS_SELECTOR, ".empty").is_displayed()
    browser.find_element(By.CSS_SELECTOR, ".filters button[type=reset]").click()
    choose(browser, "c-observation", "No Finding")
    assert listed(browser) == ["c"]


def test_the_most_doubtful_reports_are_shown_first(browser, corpus: Path) -> None:
    open_page(browser, corpus)
    browser.find_element(By.ID, "c-doubt").click()
    cells = browser.find_elements(By.CSS_SELECTOR, "#corpus tbody td:last-child")
    doubts = [float(cell.text) for cell in cells]
    assert doubts == sorted(doubts, reverse=True)
    assert doubts[0] > doubts[-1] == 0
    choose(browser, "c-reason", "hedged")
    assert listed(browser) == ["a/1 ü"]
    shown = browser.find_element(By.CSS_SELECTOR, "#corpus-reports article:not([hidden])")
    assert "hedged" in shown.text


def test_reports_are_walked_through_and_linked(browser, corpus: Path) -> None:
    open_page(browser, corpus)
    title = browser.find_element(By.ID, "c-title")
    assert title.text == "a/1 ü"
    shown = browser.find_element(By.CSS_SELECTOR, "#corpus-reports article:not([hidden])")
    assert SCRIPT in shown.text
    browser.find_element(By.ID, "c-next").click()
    assert title.text == "b"
    browser.find_element(By.TAG_NAME, "body").send_keys("k")
    assert title.text == "a/1 ü"
    link = browser.find_element(By.CSS_SELECTOR, "#corpus tbody a").get_attribute("href")
    browser.find_element(By.ID, "c-next").click()
    open_page(browser, corpus, "#" + link.partition("#")[2])
    assert browser.find_element(By.ID, "c-title").text == "a/1 ü"


def test_prevalence_is_of_all_reports_and_the_sample_is_seeded(tmp_path: Path) -> None:
    reports = tmp_path / "r.csv"
    rows = [f"{n},{'No edema.' if n % 2 else 'Edema.'}" for n in range(40)]
    reports.write_text("id,report\n" + "\n".join(rows) + "\n")

    def page(seed: str) -> str:
        command = ["label", str(reports), "--output", str(tmp_path / "l.csv")]
        command += ["--html", str(tmp_path / "p.html"), "--sample", "5", "--seed", seed]
        assert CliRunner().invoke(app, command).exit_code == 0
        return (tmp_path / "p.html").read_text(encoding="utf-8")

    first = page("1")
    assert first == page("1")
    assert first != page("2")
    assert "Edema: 20 positive, 0 uncertain, 20 negative, 0 not mentioned" in first
    assert first.count("<article") == 5


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("page", ["explained", "corpus"])
def test_no_page_scrolls_sideways(browser, page: str, width: int, request) -> None:
    browser.set_window_size(width, 900)
    open_page(browser, request.getfixturevalue(page))
    script = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert browser.execute_script(script)
    browser.set_window_size(1280, 900)
