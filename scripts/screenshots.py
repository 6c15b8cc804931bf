"""Make the README's pictures from the demo: python scripts/screenshots.py [FOLDER]."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.e2e.browsers import ARGUMENTS
from tests.parts import find_chromium, free_port

EARNEST = Path(sys.executable).with_name("earnest")
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
BRAND = "ploverday"
# A picture's name, the page, and which link on it leads to what is shown.
PAGES = (("queue", "queue", None), ("case", "cases", ("/cases/", 2)), ("digest", "digests", ("/digests/", 1)))


def main(folder: Path) -> None:
    """Run the demo once, serve it, and take each picture."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium isn't here; install it (Debian: apt install chromium).")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        demo = Path(home) / "demo"
        subprocess.run([EARNEST, "demo", "--once", "--folder", demo], check=True)
        port = free_port()
        environment = {**os.environ, "EARNEST__SERVER__PORT": str(port)}
        desk = subprocess.Popen([EARNEST, "run", "--config", demo / "earnest.yaml"], env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/healthz")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
                take_all(browser, address, read_login(demo / "logins.txt"), folder)
        finally:
            desk.terminate()
            desk.wait(timeout=15)


def take_all(browser: Browser, address: str, login: tuple[str, str], folder: Path) -> None:
    """Log in and take the pictures, in light and dark, wide and on a phone."""
    for suffix, size, scheme in (("", WIDE, "light"), ("-dark", WIDE, "dark"), ("-phone", PHONE, "light")):
        context = browser.new_context(viewport=size, color_scheme=scheme)
        page = context.new_page()
        log_in(page, address, login)
        for name, path, link in PAGES if not suffix else PAGES[:1]:
            page.goto(f"{address}/b/{BRAND}/{path}")
            if link:
                page.locator(f"main a[href*='{link[0]}']").nth(link[1]).click()
                page.wait_for_load_state()
            picture = folder / f"{name}{suffix}.png"
            page.screenshot(path=picture)
            print(f"Wrote {picture}")
        context.close()


def log_in(page: Page, address: str, login: tuple[str, str]) -> None:
    """Log in as the demo's admin."""
    page.goto(address)
    page.fill("input[name=login]", login[0])
    page.fill("input[name=password]", login[1])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def read_login(file: Path) -> tuple[str, str]:
    """Return the admin's login and the password that the demo wrote down."""
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    return next((row[0], row[1]) for row in rows if row[:1] == ["admin"])


def wait_for(url: str) -> None:
    """Wait until the desk answers, half a minute at most."""
    for _ in range(300):
        with suppress(URLError, ConnectionError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    sys.exit(f"{url} didn't answer within half a minute; its messages stand above.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images"))
