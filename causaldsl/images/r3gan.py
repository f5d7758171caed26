"""`r3gan`, the default image model: a norm-free GAN with a relativistic loss, steered by CausalGAN's labelers.

The body and the loss follow R3GAN [1]_, the Labeler and the Anti-Labeler CausalGAN [2]_. What is our own is the
training under interventions: the laws of do() are known before the pictures are, so the generator learns to draw
combinations of labels that the data never held.

References
----------
.. [1] Huang, Gokaslan, Kuleshov, Tompkin, "The GAN is dead; long live the GAN! A Modern Baseline GAN", NeurIPS 2024.
.. [2] Kocaoglu, Snyder, Dimakis, Vishwanath, "CausalGAN: Learning Causal Implicit Generative Models with Adversarial
   Training", ICLR 2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from causaldsl.plugins.protocols import Learner, NodeShape, PictureData, Schedule

if TYPE_CHECKING:
    from causaldsl.scm.image import ImageModel


@dataclass(frozen=True)
class R3GANOptions:
    """Options of `r3gan`.

    Parameters
    ----------
    latent : int
        Width of the exogenous noise.
    width : int
        Channels at half the picture's size, in all networks; each halving below doubles them, up to eight times.
    gamma : float
        Weight of the gradient penalties R1 and R2; 0 takes the preset of the picture's size.
    interventional : float
        Share of the generator's labels drawn under interventions, in [0, 1].
    label_weight : float
        Weight of the Labeler's and the Anti-Labeler's part in the generator's loss.
    precision : {"auto", "float32", "bfloat16"}
        Number format of convolutions in training; `auto` takes bfloat16 where the processor multiplies in it.
        Gradient penalties are always float32.
    """

    latent: int = 64
    width: int = 32
    gamma: float = 0.0
    interventional: float = 0.5
    label_weight: float = 1.0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"

    def __post_init__(self) -> None:
        if self.latent < 1 or self.width < 1:
            raise ValueError("latent and width are at least 1")
        if not 0 <= self.interventional <= 1:
            raise ValueError("interventional is a share, between 0 and 1")
        if self.gamma < 0 or self.label_weight < 0:
            raise ValueError("gamma and label_weight are not negative")


class R3GANPlugin:
    """The plugin."""

    options: ClassVar[type[R3GANOptions]] = R3GANOptions
    parent_domains: ClassVar[frozenset[str]] = frozenset({"binary"})
    image_sizes: ClassVar[tuple[int, ...]] = (32, 64, 128)

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


plugin = R3GANPlugin()
