"""`causalbegan`, the paper's second image model: an autoencoder for a critic, and three margins (kocaoglu2018).

It has no Anti-Labeler; its labeler also reads generated pictures, as far as the second margin lets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from causaldsl.errors import UsageError
from causaldsl.images.options import ImageOptions
from causaldsl.plugins.protocols import Learner, NodeShape, PictureData, Schedule

if TYPE_CHECKING:
    from causaldsl.scm.image import ImageModel


@dataclass(frozen=True)
class CausalBEGANOptions(ImageOptions):
    """Options of `causalbegan`, besides those of all image models.

    Parameters
    ----------
    code : int
        Width of the autoencoder's code.
    label_loss : {"squared", "absolute", "cross_entropy"}
        How far what is read is from a label.
    labeler : {"own", "code"}
        A network of its own reads the labels, or they are the first entries of the autoencoder's code.
    third_margin : bool
        Whether c3 is moved by its margin; else labels always count whole in the generator's loss.
    gamma, gamma_label, zeta : float
        Wanted ratios of generated to real pictures' losses, of their labels', and of the two margins, in [0, 1].
    gain, gain_label, gain_zeta : float
        How fast the three coefficients follow their margins.
    halve : int
        Steps after which the learning rate is halved, again and again; 0 for never.
    """

    latent: int = 64
    width: int = 128
    code: int = 64
    label_loss: Literal["squared", "absolute", "cross_entropy"] = "squared"
    labeler: Literal["own", "code"] = "own"
    third_margin: bool = True
    gamma: float = 0.5
    gamma_label: float = 0.5
    zeta: float = 0.5
    gain: float = 0.001
    gain_label: float = 8e-5
    gain_zeta: float = 0.01
    halve: int = 100_000

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(0 <= ratio <= 1 for ratio in (self.gamma, self.gamma_label, self.zeta)):
            raise ValueError("gamma, gamma_label and zeta are ratios, between 0 and 1")
        if min(self.gain, self.gain_label, self.gain_zeta, self.halve) < 0:
            raise ValueError("gains and halve are not negative")
        if self.code < 1:
            raise ValueError("code is at least 1")


class CausalBEGANPlugin:
    """The plugin."""

    options: ClassVar[type[CausalBEGANOptions]] = CausalBEGANOptions
    parent_domains: ClassVar[frozenset[str]] = frozenset({"binary"})
    image_sizes: ClassVar[tuple[int, ...]] = (32, 64, 128)

    def check(self, shape: NodeShape, options: CausalBEGANOptions) -> None:
        """Refuse a code that is too narrow for the labels that are read from it."""
        if options.labeler == "code" and options.code < len(shape.parents):
            message = f"{len(shape.parents)} labels cannot be read from a code of width {options.code}"
            raise UsageError(message, "widen `code`, or take `labeler=own`")

    def build(self, shape: NodeShape, options: CausalBEGANOptions) -> ImageModel:
        """Build the generator of one image node."""
        from causaldsl.images.causalbegan_networks import CausalBEGAN

        return CausalBEGAN(shape, options)

    def learner(self, model: ImageModel, data: PictureData, options: CausalBEGANOptions, schedule: Schedule) -> Learner:
        """Return what trains it."""
        from causaldsl.images.causalbegan_learner import CausalBEGANLearner
        from causaldsl.images.causalbegan_networks import CausalBEGAN

        assert isinstance(model, CausalBEGAN)
        return CausalBEGANLearner(model, data, options, schedule)


plugin = CausalBEGANPlugin()
"""The image model `causalbegan`."""
