"""What the numbers of examples/ are, worked out without causaldsl: all cases counted, or an integral."""

from itertools import product
from math import exp, factorial, log, pi, sqrt

import numpy as np

YES_NO = ("yes", "no")


class Cases:
    """A discrete model: all its cases are counted.

    `laws` has, causes first, a node's levels and what gives their probabilities from the values before it.
    """

    def __init__(self, **laws):
        self.laws = laws

    def probability(self, event, given=None, do=None):
        given, do = given or {}, do or {}
        return self._mass({**given, **event}, do) / self._mass(given, do)

    def _mass(self, wanted, do):
        total = 0.0
        for values in product(*(levels for levels, _ in self.laws.values())):
            case = dict(zip(self.laws, values, strict=True))
            if any(case[n] != v for n, v in {**wanted, **{k: v for k, v in do.items() if not callable(v)}}.items()):
                continue
            mass = 1.0
            for name, (levels, law) in self.laws.items():
                if name in do:
                    mass *= do[name](case)[levels.index(case[name])] if callable(do[name]) else 1.0
                else:
                    mass *= law(case)[levels.index(case[name])]
            total += mass
        return total


def coin(chance):
    """A binary node that is 1 with a chance."""
    return ((0, 1), lambda case: (1 - chance(case), chance(case)))


def lawn():
    m = Cases(
        Cloudy=coin(lambda c: 0.5),
        Rain=coin(lambda c: (0.2, 0.8)[c["Cloudy"]]),
        Sprinkler=coin(lambda c: (0.5, 0.1)[c["Cloudy"]]),
        Wet=coin(lambda c: (0.01, 0.9, 0.99)[c["Rain"] + c["Sprinkler"]]),
    )
    rain = {"Rain": 1}
    return {
        "P(Rain=1)": m.probability(rain),
        "P(Rain=1 | Sprinkler=1)": m.probability(rain, {"Sprinkler": 1}),
        "P(Rain=1 | do(Sprinkler=1))": m.probability(rain, do={"Sprinkler": 1}),
    }


def simpson():
    """From Charig's counts: of 357 small stones 87 were operated, and 81 of these healed."""
    healed = {("surgery", "small"): (81, 87), ("surgery", "large"): (192, 263),
              ("puncture", "small"): (234, 270), ("puncture", "large"): (55, 80)}  # fmt: skip
    sizes = {"small": 357 / 700, "large": 343 / 700}
    truth = {}
    for way in ("surgery", "puncture"):
        rates = {size: healed[way, size][0] / healed[way, size][1] for size in sizes}
        both = [healed[way, size] for size in sizes]
        truth[f"P(Success=1 | Treatment={way})"] = sum(h for h, _ in both) / sum(n for _, n in both)
        truth[f"P(Success=1 | do(Treatment={way}))"] = sum(sizes[size] * rates[size] for size in sizes)
        for size in sizes:
            truth[f"P(Success=1 | Treatment={way}, Stone={size})"] = rates[size]
            truth[f"P(Success=1 | do(Treatment={way}), Stone={size})"] = rates[size]
    done = [truth[f"P(Success=1 | do(Treatment={way}))"] for way in ("surgery", "puncture")]
    return truth | {"P(Success=1 | do(Treatment := categorical(1, 1)))": sum(done) / 2}


def smoking_tar():
    m = Cases(
        Gene=coin(lambda c: 0.5),
        Smoking=coin(lambda c: float(c["Gene"])),
        Tar=coin(lambda c: (0.05, 0.95)[c["Smoking"]]),
        Cancer=coin(lambda c: ((0.10, 0.05), (0.90, 0.85))[c["Gene"]][c["Tar"]]),
    )
    ill = {"Cancer": 1}
    truth = {f"P(Smoking={x})": m.probability({"Smoking": x}) for x in (0, 1)}
    for x in (0, 1):
        truth[f"P(Cancer=1 | Smoking={x})"] = m.probability(ill, {"Smoking": x})
        truth[f"P(Cancer=1 | do(Smoking={x}))"] = m.probability(ill, do={"Smoking": x})
        for t in (0, 1):
            truth[f"P(Tar={t} | Smoking={x})"] = m.probability({"Tar": t}, {"Smoking": x})
            truth[f"P(Cancer=1 | Smoking={x}, Tar={t})"] = m.probability(ill, {"Smoking": x, "Tar": t})
    return truth


def asia():
    def table(rows, *causes):
        return (YES_NO, lambda c: rows[tuple(c[n] for n in causes)])

    def rows(*chances):
        keys = list(product(YES_NO, repeat=len(chances).bit_length() - 1))
        return {key: (p, 1 - p) for key, p in zip(keys, chances, strict=True)}

    m = Cases(
        asia=table(rows(0.01)),
        tub=table(rows(0.05, 0.01), "asia"),
        smoke=table(rows(0.5)),
        lung=table(rows(0.1, 0.01), "smoke"),
        bronc=table(rows(0.6, 0.3), "smoke"),
        either=table(rows(1, 1, 1, 0), "lung", "tub"),
        xray=table(rows(0.98, 0.05), "either"),
        dysp=table(rows(0.9, 0.8, 0.7, 0.1), "bronc", "either"),
    )
    truth = {f"P({name}=yes)": m.probability({name: "yes"}) for name in m.laws}
    for event, seen in (("lung", "xray=yes"), ("lung", "xray=yes, asia=yes"), ("smoke", "dysp=yes"),
                        ("dysp", "bronc=no"), ("lung", "bronc=no")):  # fmt: skip
        given = dict(part.split("=") for part in seen.split(", "))
        truth[f"P({event}=yes | {seen})"] = m.probability({event: "yes"}, given)
        truth[f"P({event}=yes | do({seen}))"] = m.probability({event: "yes"}, do=given)
    return truth


def celeba_labels():
    m = Cases(
        Young=coin(lambda c: 0.779),
        Male=coin(lambda c: 0.419),
        Bald=coin(lambda c: ((0.0004, 0.0001), (0.113, 0.0205))[c["Male"]][c["Young"]]),
        Mustache=coin(lambda c: ((0.0002, 0.0001), (0.135, 0.0756))[c["Male"]][c["Young"]]),
        Smiling=coin(lambda c: ((0.687, 0.518), (0.429, 0.382))[c["Male"]][c["Young"]]),
        Wearing_Lipstick=coin(lambda c: ((0.738, 0.813), (0.0008, 0.0098))[c["Male"]][c["Young"]]),
        Mouth_Slightly_Open=coin(lambda c: ((0.235, 0.741), (0.223, 0.766))[c["Young"]][c["Smiling"]]),
    )
    pairs = [("Male", "Mustache"), ("Male", "Bald"), ("Male", "Wearing_Lipstick"), ("Mustache", "Male"),
             ("Mouth_Slightly_Open", "Smiling"), ("Smiling", "Mouth_Slightly_Open")]  # fmt: skip
    truth = {f"P({name}=1)": m.probability({name: 1}) for name in m.laws}
    for event, cause in pairs:
        truth[f"P({event}=1 | {cause}=1)"] = m.probability({event: 1}, {cause: 1})
        truth[f"P({event}=1 | do({cause}=1))"] = m.probability({event: 1}, do={cause: 1})
    return truth


def fairness():
    """By the noise: a unit has one uniform number for its department and one for its admission; both are integrated."""
    crowded = {0: 0.3, 1: 0.7}
    rules = {
        "Committee": lambda w, c, t: (0.6, 0.2)[c] + 0.1 * t - 0.05 * w,
        "Unaware": lambda w, c, t: (0.6, 0.2)[c] + 0.1 * t,
        "Blind": lambda w, c, t: 0.35 + 0.1 * t,
    }
    talents = ((0, 0.6), (1, 0.4))

    def mean(rule, w, department_of):
        p = crowded[department_of]
        return sum(q * (p * rule(w, 1, t) + (1 - p) * rule(w, 0, t)) for t, q in talents)

    def as_man(rule, rejected):
        """A gifted woman in a crowded department, had she been a man; `rejected`: she was turned down."""
        total = 0.0
        grid = (np.arange(2000) + 0.5) / 2000
        for crowded_too, share in ((1, 0.3 / 0.7), (0, 0.4 / 0.7)):  # her uniform number lies below .7, or below .3
            left = grid[grid >= rule(1, 1, 1)] if rejected else grid
            total += share * np.mean(left < rule(0, crowded_too, 1))
        return total

    truth = {}
    for name, rule in rules.items():
        for w in (0, 1):
            truth[f"P({name}=1 | Woman={w})"] = mean(rule, w, w)
            truth[f"P({name}=1 | do(Woman={w}, Crowded=1))"] = sum(q * rule(w, 1, t) for t, q in talents)
        other = f"{name}[Woman=1, Crowded=Crowded[Woman=0]]", f"{name}[Woman=0, Crowded=Crowded[Woman=1]]"
        truth[f"E[{name}[Woman=1] - {name}[Woman=0]]"] = mean(rule, 1, 1) - mean(rule, 0, 0)
        truth[f"E[{other[0]} - {name}[Woman=0]]"] = mean(rule, 1, 0) - mean(rule, 0, 0)
        truth[f"E[{other[1]} - {name}[Woman=0]]"] = mean(rule, 0, 1) - mean(rule, 0, 0)
        her = "Woman=1, Crowded=1, Talent=1"
        truth[f"P({name}=1 | {her})"] = rule(1, 1, 1)
        truth[f"P({name}[Woman=0]=1 | {her})"] = as_man(rule, False)
        truth[f"P({name}[Woman=0]=1 | {her}, {name}=0)"] = as_man(rule, True)
    return truth


GRID = np.linspace(-9, 9, 20_001)
NORMAL = np.exp(-(GRID**2) / 2) / sqrt(2 * pi) * (GRID[1] - GRID[0])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def dose_response():
    def curve(d):
        return 10 * d / (d + 2)

    truth = {f"E[Response | do(Dose={d})]": curve(d) for d in (2, 5, 8)}
    for d in (2, 8):  # the severity of those who got d, by Bayes' rule on a grid
        weights = NORMAL * np.exp(-((log(d / (10 - d)) - GRID) ** 2) / (2 * 0.25))
        truth[f"E[Response | Dose={d}]"] = curve(d) - 3 * (weights @ GRID) / weights.sum()
    truth["E[Response | do(Dose=8), Severity=1]"] = curve(8) - 3
    for given in ("", " | Dose=2"):
        truth[f"E[Response[Dose=8] - Response[Dose=2]{given}]"] = curve(8) - curve(2)
    coarse, weights = GRID[::20], NORMAL[::20] / NORMAL[::20].sum()
    dose = 10 * sigmoid(coarse[:, None] + 0.5 * coarse)
    truth["E[Response]"] = weights @ curve(dose) @ weights
    truth["E[Response | do(Dose := min(Dose + 1, 10))]"] = weights @ curve(np.minimum(dose + 1, 10)) @ weights
    return truth


def morphomnist_labels():
    t = np.linspace(0.5, 14, 200_001)
    density = 5**10 * (t - 0.5) ** 9 * np.exp(-5 * (t - 0.5)) / factorial(9)
    density /= density.sum()
    truth = {"E[thickness]": density @ t, "E[thickness | do(intensity=200)]": density @ t}
    for at in (2.5, 3.5):
        truth[f"E[intensity | do(thickness={at})]"] = 64 + 191 * (NORMAL @ sigmoid(2 * at - 5 + 0.5 * GRID))
    noise = log((200 - 64) / (255 - 200)) - 2 * t + 5
    weights = density * np.exp(-(noise**2) / (2 * 0.25))
    truth["E[thickness | intensity=200]"] = weights @ t / weights.sum()
    her_noise = log((159.5 - 64) / (255 - 159.5)) - 2 * 2.5 + 5
    truth["E[intensity[thickness=3.5] | thickness=2.5, intensity=159.5]"] = 64 + 191 / (1 + exp(-(2 + her_noise)))
    return truth


TRUTH = {
    made.__name__: made()
    for made in (lawn, simpson, smoking_tar, asia, celeba_labels, fairness, dose_response, morphomnist_labels)
}
