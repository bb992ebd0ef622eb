"""The page for people who label, in a real headless browser: two readers label twenty reports."""

import contextlib
import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeler.cli import app
from labeler.references import read_reference
from labeler.tables.names import CHEXPERT

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

SCRIPT = "<script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"
TEXTS = ("Small effusion.", "No pneumothorax.", "Possible edema.", f"{SCRIPT} & no fracture.")
IDS = [f"r{number}" for number in range(18)] + ['=cmd|"x"!A1', "s/50 ü?#1"]
ROW = {name: number for number, name in enumerate(CHEXPERT)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("annotate")
    with (folder / "reports.csv").open("w", newline="", encoding="utf-8") as handle:
        rows = [(key, TEXTS[number % 4]) for number, key in enumerate(IDS)]
        csv.writer(handle).writerows([("id", "report"), *rows])
    run("label", "reports.csv", "--output", "labels.csv", folder=folder)
    run("annotate", "reports.csv", "--html", "open.html", folder=folder)
    run("annotate", "reports.csv", "--html", "blind.html", "--blind", folder=folder)
    return folder


def run(command: str, *arguments: str, folder: Path) -> str:
    places = [str(folder / a) if a.endswith((".csv", ".html")) else a for a in arguments]
    result = CliRunner().invoke(app, [command, *places])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def open_page(browser, path: Path, *, fresh: bool = True) -> None:
    browser.get("about:blank")
    browser.get(path.as_uri())
    if fresh:
        browser.execute_script("localStorage.clear(); sessionStorage.clear()")
        browser.get("about:blank")
        browser.get_log("browser")
        browser.get(path.as_uri())
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    assert browser.execute_script("return window.hacked") is None


def name_reader(browser, name: str) -> None:
    field = browser.find_element(By.ID, "a-reader")
    field.clear()
    field.send_keys(name, Keys.ENTER)


def press(browser, *keys: str) -> None:
    for key in keys:
        browser.find_element(By.TAG_NAME, "body").send_keys(key)


def answer(browser, observation: str, key: str) -> None:
    """Label the report shown by keys alone: down to the row, then the value."""
    press(browser, *[Keys.ARROW_UP] * len(ROW), *[Keys.ARROW_DOWN] * ROW[observation], key)


def progress(browser) -> str:
    return browser.find_element(By.ID, "a-progress").text


def title(browser) -> str:
    return browser.find_element(By.ID, "a-title").text


def chosen(browser) -> dict[str, str]:
    script = """
      return [...document.querySelectorAll('.answer')].map((row) =>
        [row.dataset.observation, row.querySelector('[aria-pressed=true]').dataset.code]);
    """
    return {name: code for name, code in browser.execute_script(script) if code}


def save(browser, folder: Path, name: str) -> Path:
    where = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    browser.find_element(By.ID, "a-save").click()
    path = folder / name
    WebDriverWait(browser, 20).until(lambda _: path.is_file() and path.stat().st_size)
    return path


def label_all(browser, path: Path, reader: str, wrong: int) -> None:
    """Label twenty reports as they say, some effusions with another value; reload in the middle."""
    values = {
        "Small effusion.": ("Pleural Effusion", "1"),
        "No pneumothorax.": ("Pneumothorax", "0"),
        "Possible edema.": ("Edema", "-"),
    }
    name_reader(browser, reader)
    for number in range(len(IDS)):
        if number == 10:
            open_page(browser, path, fresh=False)
            assert progress(browser) == "10 of 20 done"
        assert title(browser) == IDS[number]
        observation, key = values.get(TEXTS[number % 4], ("Fracture", "0"))
        answer(browser, observation, "0" if number < wrong and key == "1" else key)
        press(browser, Keys.ENTER)
    assert progress(browser) == "20 of 20 done"


def test_two_readers_label_and_are_measured_against_each_other(browser, folder: Path) -> None:
    page = folder / "blind.html"
    open_page(browser, page)
    assert progress(browser) == "Give your name or initials to begin"
    label_all(browser, page, "Reader A", wrong=0)
    first = save(browser, folder, "labels-Reader-A.csv")
    # The second reader, at the same computer, sees nothing of the first one's.
    name_reader(browser, "Reader B")
    assert progress(browser) == "0 of 20 done"
    assert chosen(browser) == {}
    browser.execute_script("location.hash = ''")
    open_page(browser, page, fresh=False)
    label_all(browser, page, "Reader B", wrong=8)
    second = save(browser, folder, "labels-Reader-B.csv")

    with first.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0]) == ["id", "reader", *CHEXPERT, "note"]
    assert [row["id"] for row in rows][-2:] == ["'" + IDS[-2], IDS[-1]]
    assert {row["reader"] for row in rows} == {"Reader A"}
    assert rows[0]["Pleural Effusion"] == "1.0"
    assert rows[1]["Pneumothorax"] == "0.0"
    assert rows[2]["Edema"] == "-1.0"
    assert rows[0]["Edema"] == ""

    said = run("agreement", first.name, second.name, folder=folder)
    effusion = next(line for line in said.splitlines() if "Pleural Effusion" in line)
    fracture = next(line for line in said.splitlines() if "Fracture" in line)
    assert "0.900" in effusion  # two of twenty differ
    assert "1.000" in fracture
    run("compare", "labels.csv", first.name, "--json", "figures.csv", folder=folder)
    assert '"only_in_reference": {\n  "count": 0' in (folder / "figures.csv").read_text()
    together = read_reference("readings", [first, second]).frame.set_index("id")
    assert together.loc["r1", "Pneumothorax"] == 0
    assert together["Pleural Effusion"].notna().sum() == 3  # two cells are tied


def test_the_machine_is_shown_hidden_and_taken(browser, folder: Path) -> None:
    open_page(browser, folder / "open.html")
    name_reader(browser, "A")
    answer(browser, "Pleural Effusion", Keys.DELETE)
    mark = browser.find_element(By.CSS_SELECTOR, "article:not([hidden]) .mention")
    assert "on" in mark.get_attribute("class").split()
    assert browser.find_element(By.CSS_SELECTOR, ".answer.current .machine").is_displayed()
    press(browser, "h")
    assert "on" not in mark.get_attribute("class").split()
    assert not browser.find_element(By.CSS_SELECTOR, ".answer.current .machine").is_displayed()
    assert chosen(browser) == {}
    press(browser, "m")
    assert chosen(browser) == {"Pleural Effusion": "1"}


def test_no_finding_is_positive_or_not_mentioned(browser, folder: Path) -> None:
    open_page(browser, folder / "open.html")
    name_reader(browser, "A")
    answer(browser, "No Finding", "0")
    assert chosen(browser) == {}
    answer(browser, "No Finding", "1")
    assert chosen(browser) == {"No Finding": "1"}


def test_notes_unfinished_reports_and_formulas(browser, folder: Path) -> None:
    open_page(browser, folder / "open.html")
    name_reader(browser, "N")
    press(browser, "n")
    browser.find_element(By.ID, "a-note").send_keys('=SUM(1) "quoted", and\nmore', Keys.ESCAPE)
    press(browser, Keys.ENTER)
    press(browser, "1")  # begun, not done
    place = browser.find_elements(By.CSS_SELECTOR, "#a-jump option")
    assert [option.text[0] for option in place[:3]] == ["✓", "…", "r"]
    path = save(browser, folder, "labels-N.csv")
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["note"] for row in rows] == ['\'=SUM(1) "quoted", and\nmore']
    # done after all, and deleted after all
    press(browser, "k")
    browser.find_element(By.ID, "a-reopen").click()
    assert progress(browser) == "0 of 20 done"
    browser.find_element(By.ID, "a-clear").click()
    browser.switch_to.alert.accept()
    kept = "return Object.keys(localStorage).filter((key) => key.includes('/N/')).length"
    assert browser.execute_script(kept) == 0
    assert browser.find_element(By.ID, "a-note").get_attribute("value") == ""


def test_where_nothing_is_kept_the_page_says_so(browser, folder: Path) -> None:
    open_page(browser, folder / "open.html")
    browser.execute_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    name_reader(browser, "A")
    unsaved = browser.find_element(By.ID, "a-unsaved")
    assert not unsaved.is_displayed()
    answer(browser, "Edema", "1")
    assert unsaved.is_displayed()
    browser.get("about:blank")
    with contextlib.suppress(NoAlertPresentException):  # asks whether to leave, some drivers do
        browser.switch_to.alert.accept()


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_the_page_fits(browser, folder: Path, width: int) -> None:
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    open_page(browser, folder / "open.html")
    name_reader(browser, "A")
    script = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert browser.execute_script(script)
    done = browser.find_element(By.ID, "a-done")
    browser.execute_script("arguments[0].scrollIntoView()", done)
    if width < 500:
        buttons = browser.find_elements(By.CSS_SELECTOR, ".choices button")
        assert min(button.size["height"] for button in buttons) >= 40
    done.click()
    assert progress(browser) == "1 of 20 done"
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
