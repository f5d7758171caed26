"""The explorer's addresses: numbers of the model, refusals with the library's own words, one request a viewer."""

import base64
import io
import threading

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from causaldsl.explorer.app import make_app
from causaldsl.explorer.look import Explorer
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.scm.pictures import to_bytes

TEXT = """
binary Male, Bald, Sure; real Age; image Face[3, 32, 32]
Sure := 1
Male := bernoulli(0.4)
Bald := bernoulli(where(Male, 0.2, 0.01))
Age  := 30 + 10*Bald + normal(0, 1)
Male, Bald -> Face
"""
MODEL = compile_graph(read_text(TEXT))


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
