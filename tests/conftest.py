"""What tests share: one labeler, made once, and a real headless browser."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from labeler import Labeler

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",  # no smooth scrolling under the clicks
    "--window-size=1280,900",
)

# The same examples in each run, so that a failure is about the change that is tested;
# HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="session")
def labeler() -> Labeler:
    return Labeler()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A chromium that logs its console and its requests; the tests that need it skip without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    binary = next((path for name in names if (path := shutil.which(name))), None)
    driver_path = shutil.which("chromedriver")
    if not (binary and driver_path):
        pytest.skip("no chromium with chromedriver is installed")
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = selenium.ChromeOptions()
    options.binary_location = binary
    profile = tempfile.mkdtemp(prefix="labeler-browser-")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = selenium.Chrome(options=options, service=selenium.ChromeService(driver_path))
    yield driver
    driver.quit()
    shutil.rmtree(profile, ignore_errors=True)
