"""Screenshots of the explorer of the bundled case, for the documentation.

Run ``python examples/explorer_figures.py docs/figures`` to renew those in the repository; without
an argument they go to ``explorer_figures``. Needs Chromium, Playwright and a font with Chinese.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = {"wide": (1200, 800), "tablet": (768, 1000), "phone": (390, 844)}
VIEWS = ("map", "enclave", "hosts", "centres", "compare", "parks", "tables")
BESIDE = ".top, .settings, .actions, .answer .hint, .chips, .chosen, .zoom, .side, footer"


def main() -> None:
    """Write the explorer and take its pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("there is no Chromium to take pictures with: apt-get install chromium")
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "explorer_figures")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page_file = Path(folder) / "explorer.html"
        command = [sys.executable, "-m", "netinnov", "explore", "--out", str(page_file)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for width, (across, down) in WIDTHS.items():
                size = {"width": across, "height": down}
                page = browser.new_page(viewport=size, locale="en-GB")
                page.goto(page_file.as_uri())
                if width == "wide":
                    walk(page, out)
                for view in VIEWS:
                    page.locator(f"#tab-{view}").click()
                    picture(page, out / f"explorer_{view}_{width}.png", whole=width != "wide")
                page.close()
            answer(browser, page_file, out / "answer.png", language="en")
            answer(browser, page_file, out / "answer_chinese.png", language="zh")
            page = browser.new_page(
                viewport={"width": 1200, "height": 800}, color_scheme="dark", locale="zh-CN"
            )
            page.goto(f"{page_file.as_uri()}#lang=zh&view=enclave")
            picture(page, out / "explorer_chinese_dark.png")
            browser.close()


def walk(page: Page, out: Path) -> None:
    """The steps from the answer to another host, and to who pays."""
    picture(page, out / "explorer_walk_1.png")
    page.locator("#tab-enclave").click()
    picture(page, out / "explorer_walk_2.png")
    page.select_option("[name=home]", label="Jinhua")
    page.locator("#tab-hosts").click()
    picture(page, out / "explorer_walk_3.png")
    page.get_by_role("button", name="Start over").click()
    page.select_option("[name=funding]", "new")
    picture(page, out / "explorer_walk_4.png")
    page.get_by_role("button", name="Start over").click()


def answer(browser: Browser, page_file: Path, path: Path, *, language: str) -> None:
    """Question, answer and map alone, small enough to be read in README."""
    size = {"width": 700, "height": 760}
    page = browser.new_page(viewport=size, locale="en-GB", bypass_csp=True)
    page.goto(f"{page_file.as_uri()}#lang={language}")
    page.locator("#tab-enclave").click()
    page.add_style_tag(content=f"{BESIDE} {{ display: none !important }}")
    page.wait_for_selector("body:not([aria-busy=true])")
    page.wait_for_timeout(300)
    page.locator("#app").screenshot(path=path)
    smaller(path)
    page.close()


def picture(page: Page, path: Path, *, whole: bool = False) -> None:
    """Save what is in sight, or the whole page, once everything is computed and drawn."""
    page.wait_for_selector("body:not([aria-busy=true])")
    page.wait_for_timeout(300)
    page.screenshot(path=path, full_page=whole)
    smaller(path)


def smaller(path: Path) -> None:
    """Keep 256 colours, without dots, so that what is written stays sharp."""
    picture = Image.open(path).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
