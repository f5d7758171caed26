"""`r3gan`, the default image model: a norm-free GAN with a relativistic loss, steered by CausalGAN's labelers.

The body and the loss follow R3GAN (huang2024), the Labeler and the Anti-Labeler CausalGAN (kocaoglu2018), the
projection in the critic (miyato2018). What is our own is the training under interventions: the laws of do() are known
before the pictures are, so the generator learns to draw combinations of labels that the data never held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from causaldsl.graph.domain import Image
from causaldsl.images.options import ImageOptions
from causaldsl.plugins.protocols import Learner, NodeShape, PictureData, Schedule

if TYPE_CHECKING:
    from causaldsl.scm.image import ImageModel


@dataclass(frozen=True)
class R3GANOptions(ImageOptions):
    """Options of `r3gan`, besides those of all image models.

    Parameters
    ----------
    interventional : float
        Share of the generator's labels drawn under interventions (`interventions` says which), in [0, 1]; as many real
        pictures are drawn balanced.
    conditioning : {"both", "projection", "labelers"}
        How labels steer the training: the critic judges pictures with their labels (projection), a Labeler and an
        Anti-Labeler read them (labelers), or both.
    embedding : int
        Width of an embedding of the labels, a layer of its own, that the generator is fed with; 0 feeds it the labels.
    gamma : float
        Weight of the gradient penalties R1 and R2; 0 takes the preset of the picture's size.
    lazy : int
        The gradient penalties come every so many steps, as many times heavier.
    label_weight : float
        Weight of the Labeler's part in the generator's loss; it has to win against the critic, which takes combinations
        that it never saw for fakes. The Anti-Labeler's part weighs as much, but at most 1: it has no lower bound. 0
        takes the preset of the picture's size.
    anti_labeler : bool
        Whether there is an Anti-Labeler; it keeps pictures of one label diverse.
    tau : float
        Steps after which the Anti-Labeler's part has fallen to 1/e; 0 keeps it whole.
    augment : {"labelers", "all", "none"}
        Who sees shifted pictures: the labelers (smoothed and noised too), the critic as well, or no one.
    encoder : bool
        Whether an encoder is trained after the generator, so that a picture can be imagined otherwise.
    average : float
        Decay of the running average of the generator's weights, which draws once training is over; 0 for no average.
    """

    interventional: float = 0.5
    conditioning: Literal["both", "projection", "labelers"] = "both"
    embedding: int = 0
    gamma: float = 0.0
    lazy: int = 4
    label_weight: float = 0.0
    anti_labeler: bool = True
    tau: float = 3000.0
    augment: Literal["labelers", "all", "none"] = "labelers"
    average: float = 0.995
    encoder: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.embedding < 0 or self.gamma < 0 or self.label_weight < 0 or self.tau < 0:
            raise ValueError("embedding, gamma, label_weight and tau are not negative")
        if self.lazy < 1:
            raise ValueError("lazy is at least 1")
        if not 0 <= self.average < 1:
            raise ValueError("average is a decay, at least 0 and less than 1")


@dataclass(frozen=True)
class Preset:
    """What fits pictures of one size.

    Parameters
    ----------
    gamma : float
        Weight of the gradient penalties; it grows with the number of pixels.
    label_weight : float
        Weight of the Labeler's part; the longer the critic learns, the more it has to weigh.
    steps, batch : int
        Steps, and pictures a step.
    rate : float
        Learning rate.
    """

    gamma: float
    label_weight: float
    steps: int
    batch: int
    rate: float


PRESETS = {
    32: Preset(gamma=0.3, label_weight=4.0, steps=2000, batch=64, rate=2e-3),
    64: Preset(gamma=1.2, label_weight=8.0, steps=4500, batch=64, rate=1e-3),
    128: Preset(gamma=4.8, label_weight=8.0, steps=15_000, batch=32, rate=5e-4),
}
"""By the picture's height and width."""


class R3GANPlugin:
    """The plugin."""

    options: ClassVar[type[R3GANOptions]] = R3GANOptions
    parent_domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical", "real"})
    image_sizes: ClassVar[tuple[int, ...]] = tuple(PRESETS)

    def settle(self, shape: NodeShape, options: R3GANOptions) -> R3GANOptions:
        """Return the options with what they leave to the preset of the picture's size."""
        assert isinstance(shape.domain, Image)
        preset = PRESETS[shape.domain.height]
        return replace(
            options,
            gamma=options.gamma or preset.gamma,
            label_weight=options.label_weight or preset.label_weight,
        )

    def build(self, shape: NodeShape, options: R3GANOptions) -> ImageModel:
        """Build the generator of one image node."""
        from causaldsl.images.r3gan_networks import R3GAN

        return R3GAN(shape, options)

    def learner(self, model: ImageModel, data: PictureData, options: R3GANOptions, schedule: Schedule) -> Learner:
        """Return what trains it."""
        from causaldsl.images.r3gan_learner import R3GANLearner
        from causaldsl.images.r3gan_networks import R3GAN

        assert isinstance(model, R3GAN)
        return R3GANLearner(model, data, options, schedule)

    def inverse(
        self, model: ImageModel, data: PictureData, options: R3GANOptions, schedule: Schedule
    ) -> Learner | None:
        """Return what trains the encoder, where there is one."""
        from causaldsl.images.inverse import InverseLearner
        from causaldsl.images.learner import Pace
        from causaldsl.images.r3gan_networks import R3GAN

        assert isinstance(model, R3GAN)
        if model.inverse is None:
            return None
        preset = PRESETS[model.image.height]
        pace = Pace(preset.steps, preset.batch, preset.rate, (0.9, 0.99))
        return InverseLearner(model, model.inverse, data, options, schedule, pace)


plugin = R3GANPlugin()
"""The image model `r3gan`."""
