"""The comparison page in a real headless browser: loads, filters, sorts, navigates, escapes."""

import numpy as np
import pandas as pd
import pytest

from labeler.comparison.compare import compare
from labeler.comparison.results import comparison_dict
from labeler.explanation.evidence import read_texts
from labeler.pages import comparison_page
from labeler.tables.labels import Labels
from labeler.tables.names import BLANK

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

NAMES = ("Cardiomegaly", "Edema", "Pneumothorax")
SCRIPT = "<script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Write a page with 40 disagreements, one report with markup in its text, an odd id."""
    folder = tmp_path_factory.mktemp("page")
    rng = np.random.default_rng(4)
    ids = pd.Index([f"r{n}" for n in range(29)] + ["s/50 ü?#1"], dtype=object)
    truth = rng.choice([1, 0, -1, BLANK], size=(30, 3)).astype(np.int8)
    guess = np.where(
        rng.random(truth.shape) < 0.4, rng.choice([1, 0, -1, BLANK], truth.shape), truth
    )
    truth[0, 1], guess[0, 1] = 0, 1
    truth[29, 0], guess[29, 0] = 1, 0
    text = f"Heart size is normal. Mild edema {SCRIPT} is seen."
    start = text.index("edema")
    pd.DataFrame({"uid": ids, "report": [text] * 30}).to_csv(folder / "reports.csv", index=False)
    pd.DataFrame(
        {
            "uid": ids, "section": "whole", "observation": "Edema", "value": "1.0", "start": start,
            "end": start + 5, "mention": "edema", "cue": "", "rule": "edema:edema", "sentence": "",
        }
    ).to_csv(folder / "evidence.csv", index=False)  # fmt: skip
    tables = [
        Labels(name, "uid", ids, NAMES, values.astype(np.int8))
        for name, values in (("labels.csv", guess), ("reference.csv", truth))
    ]
    comparison = compare(*tables, empty="not-mentioned", draws=50)
    texts = read_texts(comparison, folder / "evidence.csv", folder / "reports.csv")
    path = folder / "page.html"
    path.write_text(
        comparison_page(comparison, comparison_dict(comparison), texts), encoding="utf-8"
    )
    return path


@pytest.fixture
def opened(browser, page):
    browser.get("about:blank")
    browser.get(page.as_uri())
    browser.execute_script("try { localStorage.clear() } catch {}")
    browser.get_log("browser")
    browser.get("about:blank")
    browser.get(page.as_uri())
    return browser


def rows(browser):
    return browser.execute_script(
        "return [...document.querySelectorAll('#list tbody tr')].filter(r => !r.hidden)"
        ".map(r => ({...r.dataset}))"
    )


def title(browser):
    return browser.find_element(By.ID, "shown-title").text


def place(browser):
    return browser.find_element(By.ID, "place").text


def test_it_loads_without_errors_and_without_the_network(opened):
    assert opened.get_log("browser") == []
    requests = [
        entry["message"]
        for entry in opened.get_log("performance")
        if '"Network.requestWillBeSent"' in entry["message"]
    ]
    assert not [message for message in requests if "http://" in message or "https://" in message]
    assert place(opened) == f"1 of {len(rows(opened))}"


def test_a_script_in_a_report_is_shown_as_text(opened):
    assert SCRIPT in opened.find_element(By.CSS_SELECTOR, "article:not([hidden]) .text").text
    assert opened.execute_script("return window.hacked") is None


def test_filters_narrow_the_list_and_clear(opened):
    every = rows(opened)
    Select(opened.find_element(By.ID, "f-observation")).select_by_value("Edema")
    some = rows(opened)
    assert 0 < len(some) < len(every)
    assert {row["observation"] for row in some} == {"Edema"}
    Select(opened.find_element(By.ID, "f-kind")).select_by_value("flipped")
    assert {(row["observation"], row["kind"]) for row in rows(opened)} == {("Edema", "flipped")}
    assert title(opened).endswith("Edema")
    opened.find_element(By.ID, "f-id").send_keys("no such id")
    assert rows(opened) == []
    assert opened.find_element(By.CSS_SELECTOR, ".list .empty").is_displayed()
    assert place(opened) == "none"
    opened.find_element(By.CSS_SELECTOR, ".filters [type=reset]").click()
    # the page narrows again once the browser has emptied the fields
    WebDriverWait(opened, 10).until(lambda browser: len(rows(browser)) == len(every))


def test_headings_sort_the_list_both_ways(opened):
    button = opened.find_elements(By.CSS_SELECTOR, "#list thead button")[1]
    button.click()
    names = [row["observation"] for row in rows(opened)]
    assert names == sorted(names)
    button.click()
    assert [row["observation"] for row in rows(opened)] == sorted(names, reverse=True)
    head = opened.find_elements(By.CSS_SELECTOR, "#list thead th")[1]
    assert head.get_attribute("aria-sort") == "descending"


def test_tables_sort_numbers_as_numbers(opened):
    view = opened.find_element(By.CSS_SELECTOR, "[data-view=positive]")
    view.find_elements(By.CSS_SELECTOR, "thead button")[1].click()
    cells = view.find_elements(By.CSS_SELECTOR, "tbody:not(.averages) td:nth-child(2)")
    counts = [int(cell.text) for cell in cells]
    assert counts == sorted(counts, reverse=True)


def test_keys_go_through_the_disagreements(opened):
    first = title(opened)
    body = opened.find_element(By.TAG_NAME, "body")
    body.send_keys("j")
    second = title(opened)
    assert second != first
    assert place(opened).startswith("2 of")
    body.send_keys("k")
    assert title(opened) == first
    body.send_keys("k")
    assert title(opened) == first
    body.send_keys("/")
    assert opened.switch_to.active_element.get_attribute("id") == "f-id"
    opened.switch_to.active_element.send_keys("j", Keys.ESCAPE)
    assert title(opened) == first or rows(opened) == []


def test_buttons_step_and_stop_at_the_end(opened):
    total = len(rows(opened))
    following = opened.find_element(By.ID, "next")
    for _ in range(total - 1):
        following.click()
    assert place(opened) == f"{total} of {total}"
    assert not following.is_enabled()


def test_each_disagreement_has_a_permalink(opened, page):
    link = opened.find_element(By.CSS_SELECTOR, "#list tr[data-id^='s/50'] a")
    address = link.get_attribute("href")
    opened.get("about:blank")
    opened.get(address)
    assert title(opened).startswith("s/50 ü?#1: ")
    current = opened.find_element(By.CSS_SELECTOR, "#list tr[aria-current=true]")
    assert current.get_attribute("data-id") == "s/50 ü?#1"
    opened.find_element(By.ID, "next" if "1 of" in place(opened) else "previous").click()
    assert opened.current_url != address
    assert "#d/" in opened.current_url


def test_a_confusion_cell_leads_to_its_reports(opened):
    cell = opened.find_element(
        By.CSS_SELECTOR,
        ".heat button[data-observation=Edema][data-predicted=pos][data-reference=neg]",
    )
    count = int(cell.text)
    opened.execute_script("arguments[0].click()", cell)
    found = rows(opened)
    assert len(found) == count
    assert {(row["observation"], row["predicted"], row["reference"]) for row in found} == {
        ("Edema", "pos", "neg")
    }


def test_the_chosen_observation_is_marked(opened):
    Select(opened.find_element(By.ID, "f-observation")).select_by_value("Edema")
    marked = opened.find_elements(By.CSS_SELECTOR, "article:not([hidden]) .mention.on")
    assert [mark.text for mark in marked] == ["edema"]
    Select(opened.find_element(By.ID, "f-observation")).select_by_value("Cardiomegaly")
    assert not opened.find_elements(By.CSS_SELECTOR, "article:not([hidden]) .mention.on")


def test_measures_switch_plot_and_table(opened):
    opened.find_element(By.CSS_SELECTOR, "[data-measure=negation]").click()
    views = opened.find_elements(By.CSS_SELECTOR, "[data-view]")
    assert [v.get_attribute("data-view") for v in views if v.is_displayed()] == ["negation"]


def test_verdicts_stay_in_the_browser(opened, page):
    body = opened.find_element(By.TAG_NAME, "body")
    body.send_keys("1")
    pressed = "[data-verdict=reference][aria-pressed=true]"
    assert opened.find_elements(By.CSS_SELECTOR, pressed)
    opened.get("about:blank")
    opened.get(page.as_uri())
    assert opened.find_elements(By.CSS_SELECTOR, pressed)
    total = len(rows(opened))
    opened.find_element(By.ID, "f-open").click()
    assert len(rows(opened)) == total - 1


def test_saved_verdicts_are_no_formulas(opened, tmp_path):
    where = {"behavior": "allow", "downloadPath": str(tmp_path)}
    opened.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    row = opened.find_element(By.CSS_SELECTOR, "#list tbody tr:not([hidden])")
    opened.execute_script("arguments[0].dataset.id = '=HYPERLINK(1)'", row)
    row.click()
    opened.find_element(By.TAG_NAME, "body").send_keys("1")
    opened.find_element(By.ID, "save").click()
    saved = tmp_path / "verdicts.csv"
    WebDriverWait(opened, 20).until(lambda _: saved.is_file() and saved.stat().st_size)
    lines = saved.read_text().splitlines()
    assert lines[0] == "id,observation,reference,predicted,verdict"
    assert lines[1].startswith("'=HYPERLINK(1),")
    assert lines[1].endswith(",reference")


def test_the_theme_button_goes_round(opened):
    button = opened.find_element(By.ID, "theme")
    colours = set()
    for _ in range(3):
        button.click()
        colours.add(opened.execute_script("return getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(opened, width):
    opened.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        assert opened.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_print_hides_the_controls(opened):
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not opened.find_element(By.CSS_SELECTOR, ".filters").is_displayed()
        assert opened.find_element(By.ID, "list").is_displayed()
        box = opened.find_element(By.CSS_SELECTOR, ".list")
        assert opened.execute_script(
            "return arguments[0].scrollHeight <= arguments[0].clientHeight + 1", box
        )
    finally:
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_every_control_has_an_accessible_name(opened):
    tree = opened.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "link", "combobox", "searchbox", "checkbox", "image", "table"}
    nameless = [
        node["role"]["value"]
        for node in tree
        if not node.get("ignored")
        and node.get("role", {}).get("value") in roles - {"table"}
        and not node.get("name", {}).get("value", "").strip()
    ]
    assert nameless == []
