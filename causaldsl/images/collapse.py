"""Whether the generator still learns from its critic: a training in which it does not is stopped.

What a critic teaches is how its judgement of a picture changes with the picture. A critic whose gradient penalty has
crushed it judges all pictures alike, and one whose activations have died does too: its loss stands at that of a coin,
and the generator hears nothing from it. A generator whose pictures are all black and white hears nothing either, as the
slope of its tanh is zero there: the critic then always wins.
"""

from __future__ import annotations

import math

from torch import Tensor

from causaldsl.errors import RunError
from causaldsl.scm.ranks import Ranks

EVERY = 10
"""Every so many steps it is looked at."""
PATIENCE = 10
"""So many looks in a row find nothing before the training is stopped."""
SILENT = 0.01
"""A critic teaches nothing if its loss moves by less than this, in nats, where pictures become their negatives."""
STILL = 1e-8
"""A gradient that small, as a root mean square, is lost in Adam's own epsilon."""


class Watch:
    """Looks after one training.

    Parameters
    ----------
    ranks : Ranks
        Who train together; they come to the same finding.
    batch : int
        Pictures of a turn of the generator on this rank.

    Attributes
    ----------
    looking : bool
        Whether this step is looked at.
    heard : float or None
        The pull of the critic at the last look, in nats: the mean over pictures of the norm of its part of the
        generator's gradient, times the distance from a picture to its negative, and over the generator's turns in the
        step; None where no critic was listened to.
    silent : int
        Looks in a row that found nothing.
    """

    def __init__(self, ranks: Ranks, batch: int) -> None:
        self.ranks, self.batch = ranks, batch
        self.looking, self.silent = False, 0
        self.heard: float | None = None
        self._pull: Tensor | None = None
        self._shown = 0

    def begin(self, t: int) -> None:
        """Begin step `t`."""
        self.looking, self._pull, self._shown = t % EVERY == 0, None, 0

    def judged(self, pictures: Tensor) -> Tensor:
        """Return generated pictures for the critic to judge in the generator's turn; its pull at them is noted."""
        if not self.looking or not pictures.requires_grad:
            return pictures
        shown = pictures.view_as(pictures)
        shown.register_hook(self._note)
        self._shown += len(pictures)
        return shown

    def _note(self, gradient: Tensor) -> None:
        """Add up norms: the loss is a mean over the batch, so that the sum over its rows is a mean already."""
        squares = gradient.detach().float().square().sum((1, 2, 3))
        pull = 2 * math.sqrt(gradient[0].numel()) * squares.sqrt().sum()
        self._pull = pull if self._pull is None else self._pull + pull

    def end(self, t: int, felt: float | None) -> None:
        """Draw the conclusion of step `t`.

        Parameters
        ----------
        t : int
            The step.
        felt : float or None
            Root mean square of the generator's gradient; None where there is no generator.

        Raises
        ------
        RunError
            If the last looks all found that the generator learns nothing from its critic.
        """
        if not self.looking or self._pull is None:
            return
        self.ranks.average([self._pull])
        self.heard = pull = self._pull.item() * self.batch / self._shown
        still = felt is not None and felt < STILL
        self.silent = self.silent + 1 if pull < SILENT or still else 0
        if self.silent < PATIENCE:
            return
        what = "its gradient is zero" if still else "the critic judges all pictures alike"
        raise RunError(
            f"the generator has learned nothing since step {t - (PATIENCE - 1) * EVERY}: {what}",
            "train again with a lower images.learning_rate, or another --seed",
        )
