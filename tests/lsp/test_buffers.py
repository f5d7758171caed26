from pathlib import Path

import pytest

from causaldsl.lsp.buffers import Buffers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path.resolve()
    (root / "model" / "parts").mkdir(parents=True)
    (root / "model" / "parts" / "labels.causal").write_text("binary A")
    (root / "model" / "other.causal").write_text('use "parts/labels.causal"')
    (root / "model" / "stranger.causal").write_text("binary A  # no use")
    (root / "model" / "broken.causal").write_bytes(b'use "parts/labels.causal"\xff')
    (root / "top.causal").write_text('use "model/other.causal"')
    return root


def shown(buffers: Buffers, path: Path, text: str | None = None) -> str:
    buffers.show(path.as_uri(), path, path.read_text() if text is None else text)
    return path.as_uri()


def names(buffers: Buffers, uri: str, root: Path | None) -> list[str]:
    return [Path(analysis.source.name).name for analysis in buffers.together(uri, root)]


def test_who_uses_a_file(folder: Path) -> None:
    buffers = Buffers()
    uri = shown(buffers, folder / "model" / "parts" / "labels.causal")
    assert names(buffers, uri, folder) == ["labels.causal", "other.causal", "top.causal"]
    assert names(buffers, uri, folder / "model") == ["labels.causal", "other.causal"]
    assert names(buffers, uri, None) == ["labels.causal"]
    shown(buffers, folder / "top.causal", "binary Z")
    assert names(buffers, uri, folder) == ["labels.causal", "other.causal"], "the open text counts, not its file"
    buffers.show("untitled:1", None, 'use "top.causal"')
    assert names(buffers, "untitled:1", folder) == ["untitled:1"]


def test_what_is_known_is_kept_until_something_changes(folder: Path) -> None:
    buffers = Buffers()
    main = shown(buffers, folder / "model" / "other.causal")
    labels = folder / "model" / "parts" / "labels.causal"
    first = buffers.analysis(main)
    assert buffers.analysis(main) is first
    uri = shown(buffers, labels)
    assert buffers.users(uri) == [main]
    assert buffers.analysis(main) is not first, "the open text may differ from the file"
    before = buffers.analysis(main)
    for text in ("binary B", "binary B, C"):
        shown(buffers, labels, text)
        assert buffers.users(uri) == [main]
    assert list(buffers.analysis(main).index.declared) == ["B", "C"]
    buffers.close(uri)
    assert buffers.analysis(main) is not before
    assert list(buffers.analysis(main).index.declared) == ["A"]
    buffers.forget_all()
    assert list(buffers.analysis(main).index.declared) == ["A"]


def test_a_file_that_is_not_there_yet_is_waited_for(folder: Path) -> None:
    buffers = Buffers()
    main = shown(buffers, folder / "top.causal", 'use "new.causal"')
    assert [f.code for f in buffers.analysis(main).examined.findings] == ["C230"]
    uri = shown(buffers, folder / "new.causal", "binary New")
    assert buffers.users(uri) == [main]
    assert list(buffers.analysis(main).index.declared) == ["New"]


def test_by_name(folder: Path) -> None:
    buffers = Buffers()
    uri = shown(buffers, folder / "top.causal")
    (folder / "link").symlink_to(folder / "model")
    assert buffers.uri_of(str(folder / "top.causal")) == uri
    assert buffers.uri_of(str(folder / "link" / ".." / "top.causal")) == uri
    assert buffers.uri_of(str(folder / "none.causal")) is None
