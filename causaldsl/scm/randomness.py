"""Randomness is a passed generator; a training step's comes from (seed, step) alone."""

from __future__ import annotations

import hashlib
import secrets

import torch


def generator_at(seed: int, step: int, purpose: str, device: torch.device | str = "cpu") -> torch.Generator:
    """Return the generator of one step and purpose: the same whatever ran before it."""
    digest = hashlib.blake2b(f"{seed}/{purpose}/{step}".encode(), digest_size=8).digest()
    return torch.Generator(device).manual_seed(int.from_bytes(digest, "big") >> 1)


def seeded(seed: int | None, device: torch.device | str = "cpu") -> tuple[torch.Generator, int]:
    """Return a generator and the seed it has: the given one, or fresh entropy for None."""
    seed = secrets.randbits(63) if seed is None else seed
    return torch.Generator(device).manual_seed(seed), seed
