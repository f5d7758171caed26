"""The explorer's addresses: numbers of the model, refusals with the library's own words, one request a viewer."""

import base64
import io
import threading

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from causaldsl.evaluate.judge import Judge
from causaldsl.explorer.app import make_app
from causaldsl.explorer.look import Explorer
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.scm.pictures import from_bytes, to_bytes

TEXT = """
binary Male, Bald, Sure; real Age; image Face[3, 32, 32]
Sure := 1
Male := bernoulli(0.4)
Bald := bernoulli(where(Male, 0.2, 0.01))
Age  := 30 + 10*Bald + normal(0, 1)
Male, Bald -> Face
"""
MODEL = compile_graph(read_text(TEXT))
IMAGINING = compile_graph(read_text(TEXT + "Face ~ r3gan(width=4, latent=4, encoder=true)\n"))
DIGITS = compile_graph(
    read_text(
        """
        binary Slant; categorical digit {0..2}; real thickness; image Digit[1, 32, 32]
        Slant := bernoulli(0.4)
        digit := categorical(0.2, 0.5, 0.3)
        thickness := normal(3, 1)
        Slant, digit, thickness -> Digit
        """
    )
)
READS = Judge("plain", {"Slant": 2, "digit": 3, "thickness": 0}, 32, 1)


@pytest.fixture(scope="module")
def client():
    return TestClient(make_app(Explorer(MODEL, "faces")), base_url="http://127.0.0.1")


def test_both_worlds_are_the_models(client):
    found = client.get("/api/look", params={"do": "Bald=1", "n": 3, "seed": 5}).json()
    doing, seeing = found["worlds"]
    assert doing["name"] == "do(Bald=1)"
    assert seeing["name"] == "given Bald=1"
    assert doing["law"]["Male"]["p"][1] == pytest.approx(0.4, abs=1e-6)
    assert seeing["law"]["Male"]["p"][1] == pytest.approx(0.08 / 0.086, abs=1e-6)
    assert doing["law"]["Age"]["mean"] == pytest.approx(40, abs=0.1)
    assert set(doing["law"]) == {"Male", "Sure", "Age"}
    assert found["condition"] == "do(Bald=1)"
    expected = to_bytes(MODEL.sample(3, {"Bald": 1}, {}, 5)["Face"]).permute(0, 2, 3, 1).numpy()
    shown = [Image.open(io.BytesIO(base64.b64decode(p.split(",")[1]))) for p in doing["pictures"]]
    assert np.array_equal(np.stack([np.asarray(p) for p in shown]), expected)
    assert 'stroke="#2f7fc1" stroke-width="2"' in found["svg"], "the arrow into Bald is cut"


def test_what_is_seen_beside_what_is_done(client):
    found = client.get("/api/look", params={"do": "Bald=1", "given": "Male=0", "n": 1}).json()
    assert [world["name"] for world in found["worlds"]] == ["do(Bald=1), given Male=0", "given Bald=1, Male=0"]
    assert client.get("/api/look").json()["worlds"][0]["name"] == "as it is"


def test_the_judge_reads_every_kind_of_cause():
    client = TestClient(make_app(Explorer(DIGITS, "digits", READS)), base_url="http://127.0.0.1")
    found = client.get("/api/read", params={"do": "digit=2", "seed": 5}).json()
    pictures = from_bytes(to_bytes(DIGITS.sample(found["n"], {"digit": 2}, {}, 5)["Digit"]).numpy())
    read = {name: column.double() for name, column in READS.read(pictures).items()}
    doing, _ = found["worlds"]
    assert doing["digit"]["p"] == pytest.approx([float((read["digit"] == k).double().mean()) for k in range(3)])
    assert doing["Slant"]["p"] == pytest.approx([1 - float(read["Slant"].mean()), float(read["Slant"].mean())])
    assert doing["thickness"]["mean"] == pytest.approx(float(read["thickness"].mean()), abs=1e-3)


def test_the_model_is_described(client):
    nodes = {node["name"]: node for node in client.get("/api/model").json()["nodes"]}
    assert nodes["Bald"]["levels"] == [0, 1]
    assert nodes["Face"]["kind"] == "image"
    assert 25 < nodes["Age"]["low"] < 30 < nodes["Age"]["high"]


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("/api/look?do=Bald=7", 400, "no level"),
        ("/api/look?do=Bald=1&do=Bald=0", 400, "given twice"),
        ("/api/look?n=1000", 400, "n is"),
        ("/api/look?do=" + "A" * 5000, 414, "longer than"),
    ],
)
def test_bad_requests_get_the_librarys_words(client, address, status, message):
    answer = client.get(address)
    assert answer.status_code == status
    assert message in answer.json()["error"]


def test_evidence_of_probability_zero_is_refused():
    model = compile_graph(read_text("binary A, B; A := 0; B := bernoulli(0.5)"))
    answer = TestClient(make_app(Explorer(model, "a")), base_url="http://localhost").get("/api/look?given=A=1")
    assert answer.status_code == 400
    assert "probability zero" in answer.json()["error"]


def test_other_hosts_and_methods_are_refused(client):
    assert client.get("/api/model", headers={"Host": "evil.example"}).status_code == 400
    assert client.post("/api/look").status_code == 405
    assert client.get("/../pyproject.toml").status_code == 404


def test_a_viewer_has_one_request_in_flight():
    going, go_on = threading.Event(), threading.Event()

    class Slow(Explorer):
        def look(self, state):
            going.set()
            assert go_on.wait(20)
            return {"schema": 1}

    client = TestClient(make_app(Slow(MODEL, "slow")), base_url="http://127.0.0.1")
    answers = []
    with client:
        first = threading.Thread(target=lambda: answers.append(client.get("/api/look", headers={"X-Viewer": "a"})))
        first.start()
        assert going.wait(20)
        assert client.get("/api/look", headers={"X-Viewer": "a"}).status_code == 429
        go_on.set()
        assert client.get("/api/look", headers={"X-Viewer": "b"}).status_code == 200
        first.join()
    assert answers[0].status_code == 200
    assert client.get("/api/look", headers={"X-Viewer": "a"}).status_code == 200


def test_the_page_asks_no_other_host(client):
    for name in ("/", "/explorer.js", "/explorer.css"):
        answer = client.get(name)
        assert answer.status_code == 200
        assert "http://" not in answer.text
        assert "https://" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def upload(picture, form="PNG"):
    buffer = io.BytesIO()
    picture.save(buffer, form)
    return buffer.getvalue()


def pixels_of(address):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))))


def test_an_uploaded_picture_is_imagined_otherwise():
    client = TestClient(make_app(Explorer(IMAGINING, "faces")), base_url="http://127.0.0.1")
    assert client.get("/api/model").json()["imagines"]
    wide = Image.fromarray(np.random.default_rng(0).integers(60, 200, (32, 64, 3), dtype=np.uint8))
    asked = {"given": ["Male=0", "Bald=0"]}
    same = client.post("/api/imagine", params=asked, content=upload(wide)).json()
    assert same["name"] == "nothing done"
    assert np.array_equal(pixels_of(same["before"]), np.asarray(wide)[:, 16:48])
    assert np.abs(pixels_of(same["after"]).astype(int) - pixels_of(same["before"])).max() <= 1
    bald, hairy = (
        client.post("/api/imagine", params={"do": f"Bald={level}", "given": "Male=0"}, content=upload(wide)).json()
        for level in (1, 0)
    )
    assert bald["name"] == "do(Bald=1)"
    (note,) = [note for note in bald["notes"] if note.startswith("read from `Face`")]
    other, kept = (hairy, bald) if "Bald=1" in note else (bald, hairy)
    assert kept["after"] == same["after"]
    assert not np.array_equal(pixels_of(other["after"]), pixels_of(other["before"]))


def test_a_grey_or_clear_picture_will_do():
    client = TestClient(make_app(Explorer(IMAGINING, "faces")), base_url="http://127.0.0.1")
    for mode in ("L", "RGBA", "P"):
        assert client.post("/api/imagine", content=upload(Image.new(mode, (40, 30)))).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (b"no picture", 400, "the file is no picture that can be read"),
        (b"", 400, "the file is no picture that can be read"),
        (upload(Image.effect_noise((64, 64), 50))[:600], 400, "the picture is damaged, or too large to be decoded"),
        (upload(Image.new("1", (9000, 9000))), 400, "the picture has more than 50,000,000 pixels"),
        (bytes(9 * 2**20), 413, "the upload is larger than 8 MB"),
    ],
)
def test_what_is_no_picture_is_refused(content, status, message):
    client = TestClient(make_app(Explorer(IMAGINING, "faces")), base_url="http://127.0.0.1")
    found = client.post("/api/imagine", content=content)
    assert (found.status_code, found.json()["error"]) == (status, message)


def test_a_model_without_an_encoder_does_not_imagine(client):
    assert not client.get("/api/model").json()["imagines"]
    found = client.post("/api/imagine", content=upload(Image.new("RGB", (32, 32))))
    assert found.status_code == 400
    assert "cannot infer the noise" in found.json()["error"]
    assert client.get("/api/imagine").status_code == 405
