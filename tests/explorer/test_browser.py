"""The explorer in a real browser: click, see pictures change, read the numbers, no error on the console."""

import os
import shutil
import socket
import threading
from contextlib import contextmanager

import pytest
import uvicorn
from PIL import Image

from causaldsl.evaluate.evaluation import judge_path
from causaldsl.evaluate.judge import Judge
from causaldsl.explorer.app import make_app
from causaldsl.explorer.look import Explorer
from causaldsl.graph.read import read_text
from causaldsl.resources import DEMO
from causaldsl.scm.build import compile_graph
from causaldsl.train.run import open_run
from tests.explorer.test_app import DIGITS, IMAGINING, READS, TEXT, upload

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"
pytestmark = pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason="there is no Chromium")
MODEL = compile_graph(read_text(TEXT))


@contextmanager
def served(explorer):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app(explorer), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def address():
    with served(Explorer(MODEL, "faces")) as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextmanager
def opened(browser, address):
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address)
    page.wait_for_selector(".strip img")
    yield page
    assert page.complaints == []
    context.close()


@pytest.fixture
def page(browser, address):
    with opened(browser, address) as found:
        yield found


def pictures(page, world):
    return [picture.get_attribute("src") for picture in page.query_selector_all(f".world.{world} img")]


def number(page, node, world):
    return float(page.text_content(f'fieldset[data-node="{node}"] .bar.{world} .number'))


def settled(page, heading):
    page.wait_for_selector(f'.world.done h2:text-is("{heading}")')


def test_a_click_sets_a_node_and_another_sees_it(page):
    before = pictures(page, "done")
    assert before == pictures(page, "seen")
    assert number(page, "Male", "done") == 0.4
    page.get_by_role("button", name="Bald: see; press for do").click()
    settled(page, "do(Bald=1)")
    assert pictures(page, "done") != before
    assert pictures(page, "done") != pictures(page, "seen")
    assert (number(page, "Male", "done"), number(page, "Male", "seen")) == (0.4, 0.93)
    assert page.text_content("#question") == "query P(Male=1 | do(Bald=1))"
    assert "0.4000 (exact)" in page.text_content("#answer")
    assert page.query_selector("#graph svg").inner_html().count('stroke-width="2"') == 1, "one arrow is cut"
    page.get_by_role("button", name="Bald: do; press for given").click()
    settled(page, "given Bald=1")
    assert (number(page, "Male", "done"), number(page, "Male", "seen")) == (0.93, 0.93)


def test_the_keyboard_does_it_too(page):
    page.get_by_role("button", name="Bald: see; press for do").focus()
    page.keyboard.press("Enter")
    settled(page, "do(Bald=1)")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Bald: do; press for given"
    page.locator('fieldset[data-node="Bald"] select').select_option("0")
    settled(page, "do(Bald=0)")
    page.click("#reset")
    settled(page, "as it is")


def test_a_link_restores_the_state(page, address):
    page.get_by_role("button", name="Bald: see; press for do").click()
    page.locator('fieldset[data-node="Age"] input[value="given"]').check()
    page.locator('fieldset[data-node="Age"] input[type="range"]').press("ArrowRight")
    page.fill("#n", "4")
    page.locator("#n").press("Tab")
    page.wait_for_selector(".world.done img:nth-child(4):last-child")
    shown, heading = pictures(page, "done"), page.text_content(".world.done h2")
    page.goto("about:blank")
    page.go_back()
    settled(page, heading)
    assert heading.startswith("do(Bald=1), given Age=")
    assert pictures(page, "done") == shown


def test_what_cannot_be_is_said(page, address):
    page.goto(f"{address}/?given=Sure=0")
    page.wait_for_selector("#status.wrong")
    assert "probability zero" in page.text_content("#status")
    page.complaints[:] = [c for c in page.complaints if "400" not in c]  # the browser's own line of the refusal


def test_the_run_that_travels_is_explored(browser):
    run = open_run(DEMO)
    with (
        served(Explorer(run.model, "demo", Judge.load(judge_path(run, "robust")))) as address,
        opened(browser, address) as page,
    ):
        before = pictures(page, "done")
        page.get_by_role("button", name="Bald: see; press for do").click()
        settled(page, "do(Bald=1)")
        assert len(pictures(page, "done")) == len(pictures(page, "seen")) == 10
        assert pictures(page, "done") not in (before, pictures(page, "seen"))
        assert number(page, "Male", "seen") > 0.9 > 0.5 > number(page, "Male", "done")
        page.wait_for_selector('fieldset[data-node="Male"] .bar.done[data-read]')
        read = page.locator('fieldset[data-node="Male"] .bar.seen').get_attribute("data-read")
        assert float(read) > 0.7, "of those who are bald the judge takes most for men"
        page.wait_for_selector('fieldset[data-node="Male"] .bar.done .tick[title*="200 pictures"]')


def test_what_the_judge_reads_stands_at_every_bar(browser):
    with served(Explorer(DIGITS, "digits", READS)) as address, opened(browser, address) as page:
        page.wait_for_selector('fieldset[data-node="thickness"] .told[title*="200 pictures"]')
        assert page.locator('fieldset[data-node="Slant"] .bar.done .tick').count() == 1
        read = page.locator('fieldset[data-node="digit"] .bar.done').evaluate_all(
            "bars => bars.map(b => +b.dataset.read)"
        )
        assert len(read) == page.locator('fieldset[data-node="digit"] .bar.done .tick').count() == 3
        assert sum(read) == pytest.approx(1)
        assert page.text_content('fieldset[data-node="thickness"] .bar.done .told').startswith("read ")


def test_it_fits_a_phone(browser, address):
    page = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark").new_page()
    page.goto(address)
    page.wait_for_selector(".strip img")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_a_picture_of_ones_own_is_imagined_otherwise(page, tmp_path):
    assert page.is_hidden("#imagine"), "this model has no encoder"
    (tmp_path / "me.png").write_bytes(upload(Image.effect_noise((48, 40), 40)))
    (tmp_path / "words.png").write_bytes(b"no picture")
    with served(Explorer(IMAGINING, "faces")) as address:
        page.goto(address)
        page.wait_for_selector(".strip img")
        page.set_input_files("#file", tmp_path / "me.png")
        page.wait_for_selector("#after-name:text-is('the same under nothing done')")
        page.check('fieldset[data-node="Male"] input[value=do]')
        page.wait_for_selector("#after-name:text-is('the same under do(Male=1)')")
        first = page.get_attribute("#after", "src")
        page.select_option('fieldset[data-node="Male"] select', label="0")
        page.wait_for_selector("#after-name:text-is('the same under do(Male=0)')")
        assert page.get_attribute("#after", "src") != first
        assert "read from `Face`" in page.text_content("#imagine-note")
        page.set_input_files("#file", tmp_path / "words.png")
        page.wait_for_selector("#status.wrong")
        assert "no picture that can be read" in page.text_content("#status")
        page.complaints.clear()  # the browser's own word on the refusal
