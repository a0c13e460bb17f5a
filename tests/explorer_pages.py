"""Pages of the explorer opened in a browser, and what can be read of them."""

from contextlib import contextmanager

READ = """
async (addresses) => {
  const settled = async () => {
    while (document.body.getAttribute("aria-busy") === "true")
      await new Promise((go) => setTimeout(go, 5));
  };
  const number = (cell) => Number(cell.dataset.value);
  const results = [];
  for (const address of addresses) {
    if (location.hash !== address) {
      const once = { once: true };
      const changed = new Promise((go) => window.addEventListener("hashchange", go, once));
      location.hash = address;
      await changed;
    }
    await settled();
    const cellOf = (measure) => document.querySelector(`[data-measure="${measure}"]`);
    const one = (measure) => number(cellOf(measure));
    const places = document.querySelectorAll('[data-measure="harmonic_centrality"]');
    results.push({
      before: one("global_efficiency_before"),
      after: one("global_efficiency"),
      access: Object.fromEntries([...places].map((cell) => [cell.dataset.place, number(cell)])),
      replicates: Number(cellOf("global_efficiency").dataset.replicates),
    });
  }
  return results;
}
"""


@contextmanager
def opened(browser, path, address="", **options):
    """A page of its own; what it asks for beyond its file, and its errors, are in `.faults`."""
    context = browser.new_context(locale="en-GB", **options)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: _note(page, request.url))
    page.goto(f"{path.as_uri()}{address}")
    settle(page)
    try:
        yield page
    finally:
        context.close()


def _note(page, url):
    if not url.startswith(("file:", "data:", "blob:")):
        page.faults.append(f"request: {url}")


MIDDLE = """(mark) => {
  const box = mark.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def settle(page):
    """Wait until the page has computed what was asked for."""
    page.wait_for_selector("body:not([aria-busy=true])")


def middle_of(page, place):
    """Where the mark of a place is, read at one moment, as the map may be drawn again."""
    return page.locator(f'.place[aria-label^="{place},"]').evaluate(MIDDLE)


def read(page, addresses):
    """The numbers of the page at each address."""
    return page.evaluate(READ, list(addresses))
