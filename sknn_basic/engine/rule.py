"""How a step is taken, and what it hands to the next one."""

from dataclasses import dataclass

from sknn_basic.engine.network import Parameters


@dataclass(frozen=True, slots=True)
class Rule:
    """How a step is taken.

    Parameters
    ----------
    eta : float
        Learning rate η of the first step.
    batch_size : int
        Samples in a mini-batch, m.
    momentum, alpha : float
        Momentum μ and L2 strength α; see `sgd`.
    power_t : float
        Step number t (from 1) uses η / t^power_t; 0 keeps η constant.
    learn_bias : bool
        False leaves every bias as it is.
    """

    eta: float
    batch_size: int
    momentum: float = 0.0
    alpha: float = 0.0
    power_t: float = 0.0
    learn_bias: bool = True

    def rates(self, steps: int, q: int) -> list[float]:
        """Learning rates η of the q steps that follow `steps` steps.

        Parameters
        ----------
        steps : int
            Steps taken before.
        q : int
            Steps to come.

        Returns
        -------
        rates : list of float
            One for each of them.
        """
        if self.power_t == 0.0:
            return [self.eta] * q
        return [self.eta * float(steps + k) ** -self.power_t for k in range(1, q + 1)]


@dataclass(slots=True)
class Memory:
    """What one step hands to the next, beside the parameters.

    Parameters
    ----------
    steps : int
        Steps taken.
    velocity : Parameters or None
        V; None: no momentum.
    total : Parameters or None
        The running sum of the parameters; None: no average is wanted.
    total_steps : int
        Over how many steps it runs.
    """

    steps: int = 0
    velocity: Parameters | None = None
    total: Parameters | None = None
    total_steps: int = 0

    def count(self, q: int) -> None:
        """Note that q more steps were taken.

        Parameters
        ----------
        q : int
            How many.
        """
        self.steps += q
        self.total_steps += q * (self.total is not None)

    def without_total(self) -> "Memory":
        """The same memory, or one that sums nothing.

        Returns
        -------
        memory : Memory
            It shares the velocity.
        """
        return self if self.total is None else Memory(self.steps, self.velocity)

    def copy(self) -> "Memory":
        """The same memory in arrays of its own.

        Returns
        -------
        copy : Memory
            Nothing in it is shared.
        """
        return Memory(
            self.steps,
            self.velocity and self.velocity.copy(),
            self.total and self.total.copy(),
            self.total_steps,
        )
