"""The line that `verbose` prints."""

from time import perf_counter


class ProgressLine:
    """Prints a line every `every` epochs; nothing for 0.

    Parameters
    ----------
    every : int
    epochs : int
        Epochs that this call may take.
    """

    def __init__(self, every, epochs):
        self.every = int(every)
        self.epochs = epochs
        self.done = 0
        self.start = perf_counter()

    def __call__(self, measured):
        """Print what the epoch has `measured`, a dict of names and numbers, if it is time."""
        self.done += 1
        if not self.every or self.done % self.every:
            return
        seconds = perf_counter() - self.start
        left = seconds / self.done * (self.epochs - self.done)
        figures = "  ".join(f"{name} {value:.4g}" for name, value in measured.items())
        print(
            f"Epoch {self.done:{len(str(self.epochs))}}/{self.epochs}  {figures}  "
            f"{seconds:.1f} s, at most {left:.1f} s left"
        )
