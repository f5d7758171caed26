"""`causalgan`, the paper's first image model: a DCGAN with a Labeler and an Anti-Labeler (kocaoglu2018).

The defaults are the paper's. Where its code does otherwise, an option has the code's way: `label_loss=swapped`,
`label_noise=code`. The code's estimator of the latent noise from pictures is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from causaldsl.errors import UsageError
from causaldsl.images.options import ImageOptions
from causaldsl.plugins.protocols import Learner, NodeShape, PictureData, Schedule

if TYPE_CHECKING:
    from causaldsl.scm.image import ImageModel

MOST_JOINT = 10
"""Labels that a labeler with an output a combination may read."""


@dataclass(frozen=True)
class CausalGANOptions(ImageOptions):
    """Options of `causalgan`, besides those of all image models.

    Parameters
    ----------
    adversarial : {"non_saturating", "log_ratio"}
        The critic's part in the generator's loss: -log D as trained, or log((1 - D) / D), the theorem's.
    label_loss : {"cross_entropy", "swapped"}
        The labelers' part: their cross entropy, or the code's, with its arguments swapped.
    label_noise : {"paper", "code", "none"}
        How labels are softened around .3 and .7: by moves at rates 25 (towards .5) and 50 (outwards); at 5 and 15, the
        same moves for all labels of a picture; or not at all.
    labeler : {"single", "joint"}
        An output a label, or one for each combination of labels, which the theorem needs.
    label_weight : float
        Weight of the labelers' part in the generator's loss.
    tau : float
        Time constant of k, the Anti-Labeler's weight, where two steps of the generator are one unit; 0 keeps k at 1.
    anti_labeler : bool
        Whether there is an Anti-Labeler; it keeps pictures of one label diverse.
    generator_steps : int
        Steps of the generator for one of the critic and the labelers.
    minibatch : int
        Number of minibatch features in the critic, which tell it how alike the pictures of a batch are; 0 for none.
    """

    latent: int = 100
    width: int = 64
    adversarial: Literal["non_saturating", "log_ratio"] = "non_saturating"
    label_loss: Literal["cross_entropy", "swapped"] = "cross_entropy"
    label_noise: Literal["paper", "code", "none"] = "paper"
    labeler: Literal["single", "joint"] = "single"
    label_weight: float = 1.0
    tau: float = 3000.0
    anti_labeler: bool = True
    generator_steps: int = 6
    minibatch: int = 300

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.label_weight < 0 or self.tau < 0 or self.minibatch < 0:
            raise ValueError("label_weight, tau and minibatch are not negative")
        if self.generator_steps < 1:
            raise ValueError("generator_steps is at least 1")
        if self.labeler == "joint" and self.label_loss == "swapped":
            raise ValueError("the swapped loss is of labels read one by one, labeler=single")


class CausalGANPlugin:
    """The plugin."""

    options: ClassVar[type[CausalGANOptions]] = CausalGANOptions
    parent_domains: ClassVar[frozenset[str]] = frozenset({"binary"})
    image_sizes: ClassVar[tuple[int, ...]] = (32, 64, 128)

    def check(self, shape: NodeShape, options: CausalGANOptions) -> None:
        """Refuse joint labelers of many labels."""
        if options.labeler == "joint" and len(shape.parents) > MOST_JOINT:
            message = f"a joint labeler of {len(shape.parents)} labels has 2^{len(shape.parents)} outputs"
            raise UsageError(message, f"it reads at most {MOST_JOINT} labels; take `labeler=single`")

    def build(self, shape: NodeShape, options: CausalGANOptions) -> ImageModel:
        """Build the generator of one image node."""
        from causaldsl.images.causalgan_networks import CausalGAN

        return CausalGAN(shape, options)

    def learner(self, model: ImageModel, data: PictureData, options: CausalGANOptions, schedule: Schedule) -> Learner:
        """Return what trains it."""
        from causaldsl.images.causalgan_learner import CausalGANLearner
        from causaldsl.images.causalgan_networks import CausalGAN

        assert isinstance(model, CausalGAN)
        return CausalGANLearner(model, data, options, schedule)


plugin = CausalGANPlugin()
"""The image model `causalgan`."""
