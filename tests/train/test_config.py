"""The config: unknown keys are errors, types are checked, the file and --set agree."""

import pytest

from causaldsl.errors import UsageError
from causaldsl.train.config import Config, read_config


def test_a_file_and_settings_on_top(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text("seed = 3\n[images]\nsteps = 10\nlearning_rate = 1\n")
    config = read_config(file, ["images.steps=20", "labels.batch=64"])
    assert config.seed == 3
    assert config.images.steps == 20
    assert config.images.learning_rate == 1.0
    assert config.labels.batch == 64
    assert read_config() == Config()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("images.stesp=3", "no key `images.stesp`[^\n]*\n[^\n]*did you mean `images.steps`"),
        ("image.steps=3", "no key `image`"),
        ("images=3", "a section"),
        ("images.steps=many", "is int, not 'many'"),
        ("images.steps=true", "is int, not True"),
        ("images.steps=-1", "not negative"),
        ("seed", "expected key=value"),
    ],
)
def test_what_is_wrong_is_said(setting, message):
    with pytest.raises(UsageError, match=message):
        read_config(settings=[setting])


def test_a_missing_and_a_broken_file(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        read_config(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("a = = 3")
    with pytest.raises(UsageError, match="is not TOML"):
        read_config(tmp_path / "bad.toml")
