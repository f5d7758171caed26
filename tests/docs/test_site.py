"""The site is built without a warning, and every link in it, in README and in the other pages leads somewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import DOCS

ROOT = DOCS.parent
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "grammar/*.md", "examples/*.md")
    for path in ROOT.glob(pattern)
    if "_build" not in path.parts
)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Parts(HTMLParser):
    """The links of a page of the site, and the anchors that others may name."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.anchors |= {name for name in (found.get("id"), found.get("name")) if name}
        self.links += [link for link in (found.get("href"), found.get("src")) if link]
        self.loaded += [link for link in (found.get("src"), found.get("href") if tag == "link" else None) if link]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built now; a warning is an error."""
    out = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", DOCS, out]
    built = subprocess.run(build, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return out


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    parts = {page: Parts(page) for page in site.rglob("*.html")}
    broken, followed = [], 0
    for page, here in parts.items():
        for link in here.links:
            address = urlsplit(link)
            if address.scheme or address.netloc:
                continue
            target = (page.parent / unquote(address.path)).resolve() if address.path else page
            anchor = unquote(address.fragment)
            followed += 1
            known = target.is_file() and (not anchor or target not in parts or anchor in parts[target].anchors)
            if not known:
                broken.append(f"{page.relative_to(site)}: {link}")
    assert not broken, "\n".join(sorted(set(broken)))
    assert followed > 1000


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = {page: Parts(page) for page in site.rglob("*.html")}
    assert not [(page.name, link) for page, here in pages.items() for link in here.loaded if urlsplit(link).netloc]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [link for link in links(page) if not resolves(page, link)]
    assert not broken


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(
        "# One `two`, three\n[a](#one-two-three) [b](#four) [c](a.md#one-two-three) [d](b.md)\n```\n[e](f)\n```\n"
    )
    assert [link for link in links(page) if not resolves(page, link)] == ["#four", "b.md"]


def links(page: Path) -> Iterator[str]:
    """Links of a page in Markdown to what is here."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return (link for link in _LINK.findall(text) if not urlsplit(link).scheme)


def resolves(page: Path, link: str) -> bool:
    """Whether a link leads to a file, and to a heading in it if it names one."""
    name, _, anchor = unquote(link).partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not anchor or anchor in headings(target))


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", found.lower()).replace(" ", "-") for found in _HEADING.findall(text)}
