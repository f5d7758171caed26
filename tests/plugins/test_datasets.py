"""Which data set a text stands for, with which options, and under which name a run finds it again."""

from pathlib import Path

import pytest

from causaldsl.errors import UsageError
from causaldsl.plugins.datasets import dataset


def test_a_name_with_options() -> None:
    plain, chosen = dataset("celeba"), dataset("celeba(crop=whole_width, train_rows=8000)", Path("faces"))
    assert plain.options.crop == "face"
    assert (chosen.options.crop, chosen.options.train_rows, chosen.root) == ("whole_width", 8000, Path("faces"))
    assert dataset(chosen.name, chosen.root) == chosen
    assert dataset("celeba(crop=[0, 10, 89, 99])").options.box == (0, 10, 89, 99)


def test_a_file_is_a_table_wherever_it_is_named_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "units (2).csv").write_text("A,B\n1,0\n")
    monkeypatch.chdir(tmp_path)
    found = dataset("units (2).csv")
    assert found.columns == ("A", "B")
    assert found.name == str(tmp_path / "units (2).csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("celbea", "did you mean `celeba`"),
        ("celbea(crop=face)", "did you mean `celeba`"),
        ("nothing.csv", "there is no file nothing.csv"),
        ("celeba(corp=face)", "`celeba` has no option `corp`"),
        ("celeba(crop=nose)", "option `crop` of `celeba` is one of face, whole_width, centre"),
        ("celeba(crop=[0, 0, 99, 99])", "crop lies within a picture of 89 by 109 pixels"),
        ("celeba(crop=[0, 0, 9])", "crop is one of face, whole_width, centre or"),
        ("celeba(train_rows=-1)", "train_rows is not negative"),
        ("celeba(crop=face", "`(` is never closed"),
        ("celeba(crop=face) again", "unexpected `again`"),
        ("faces(size=3)", "`faces` has no options"),
    ],
)
def test_what_stands_for_no_data_set(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(").replace("[", r"\[")):
        dataset(text)


def test_a_folder_is_no_data_set_unless_it_is_packed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is no packed data set: it has no index\.json"):
        dataset(str(tmp_path))
