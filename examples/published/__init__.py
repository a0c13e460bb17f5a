"""Numbers that publications print, by topic: rows of the page `docs/published_numbers.md`."""
