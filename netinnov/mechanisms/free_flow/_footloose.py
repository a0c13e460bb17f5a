"""The footloose-entrepreneur model of Forslid and Ottaviano."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any

import numpy as np

from netinnov._typing import Floats, Is, Several
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._dynamics import Attraction
from netinnov.mechanisms.free_flow._trade_model import TradeModel, continued

_ACCURACY = 1e-13  # relative
_MOST = 100


@dataclass(frozen=True, slots=True)
class FootlooseEntrepreneur(TradeModel):
    """Skilled people start firms where they earn most; the unskilled stay where they are.

    Each firm needs one mobile entrepreneur and immobile labour. With a = mu / (sigma - 1) and b =
    mu / sigma, the break point of n equidistant regions is phi_B = (1 - a) (1 - b) / (1 + a b +
    (n - 1) (a + b)). Sustain point: phi^a ((1 - b) / (2 phi) + (1 + b) phi / 2) = 1. The gap is the
    logarithm of the ratio of indirect utilities. Enclaves as in `CorePeriphery`.

    Parameters
    ----------
    sigma : float
        Elasticity of substitution between varieties, above 1.
    mu : float
        Share of varieties in demand, between 0 and 1, and below sigma - 1.
    regions : int
        Number of equidistant regions, for the break point; all else that takes no matrix of
        freeness is for two.

    References
    ----------
    Forslid and Ottaviano (2003), Journal of Economic Geography 3, 229-240. The break point of
    several regions and the points with an enclave were derived for this project.

    Examples
    --------
    >>> model = FootlooseEntrepreneur(sigma=5, mu=0.4)
    >>> round(model.break_point(), 6), round(model.sustain_point(), 6)
    (0.69697, 0.695442)
    """

    sigma: Annotated[float, Is(low=1, above=True)]
    mu: Annotated[float, Is(low=0, high=1, above=True, below=True)]
    _: KW_ONLY
    regions: Several = 2

    def __post_init__(self) -> None:
        if self.mu >= (most := self.sigma - 1):
            msg = f"`mu` must be below sigma - 1 = {most:g}; found {self.mu:g}. Otherwise "
            raise InputError(f"{msg}agglomeration is stable at any cost (the black hole).")

    @staticmethod
    def _break_freeness(sigma: Any, mu: Any, enclave: float = 0.0, others: int = 1) -> Any:
        a, b = mu / (sigma - 1), mu / sigma
        if enclave == 0:
            return (1 - a) * (1 - b) / (1 + a * b + others * (a + b))
        # (z - b) (1 + (n - 1) e z) = a (1 - e) (1 - b z), z = (1 - phi) / (1 + (n - 1) phi)
        square = others * enclave
        linear = 1 - others * enclave * b + a * (1 - enclave) * b
        constant = b + a * (1 - enclave)
        z = 2 * constant / (linear + np.sqrt(linear**2 + 4 * square * constant))
        return (1 - z) / (1 + others * z)

    @staticmethod
    def _pulls_of_core(sigma: Any, mu: Any) -> tuple[Any, Any]:
        return mu / (sigma - 1), mu / sigma

    @staticmethod
    def _gap(sigma: Any, mu: Any, x: Floats, phi: Floats, enclave: Any) -> Floats:
        a, b = mu / (sigma - 1), mu / sigma
        mixed = 1 - b + (1 + b) * phi**2
        y = 1 - x  # first: beside 1 a small phi x would be lost
        wages = (2 * phi * x + mixed * y) / (2 * phi * y + mixed * x)
        near = phi + enclave * (1 - phi)
        prices = (x + near * y) / (phi * x + y)
        return np.asarray(np.log(wages) + a * np.log(prices))

    def _attraction(self, phi: Floats, immobile: Floats, reach: Floats | None) -> Attraction:
        a, b = self._pulls_of_core(self.sigma, self.mu)
        before: list[Floats] = []

        def attraction(x: Floats) -> Floats:
            # w = b M (l + x w), M_rs = phi_rs / sum_k phi_ks x_k, by its fixed point. All the
            # mobile earn b / (1 - b) together; with that held, what is left of an error shrinks
            # by less than b, which is below 1/2, a round.
            supply = x @ phi
            wages = np.exp(continued(before, len(x)))
            for _ in range(_MOST):
                new = b * (((immobile + x * wages) / supply) @ phi)
                new *= b / (1 - b) / (x @ new)
                change = np.abs(new / wages - 1).max()
                wages = new
                if change < _ACCURACY:
                    break
            before[:] = [*before[-2:], np.log(wages)]
            near = supply if reach is None else supply + reach @ x
            return np.asarray(np.log(wages) + a * np.log(near))

        return attraction
