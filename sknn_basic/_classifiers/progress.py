"""What `fit` tells the world about its epochs: a printed line, and scikit-learn's callbacks."""

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


def has_callbacks(estimator):
    """Whether anybody wants to be called."""
    return bool(getattr(estimator, "_skl_callbacks", None))


class Callbacks:
    """The callbacks of one call of `fit`; with none of them nothing happens.

    Parameters
    ----------
    X, y, sample_weight
        As `fit` was given them.
    """

    def __init__(self, X, y, sample_weight):
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self.given = {"X": X, "y": y, "metadata": metadata}
        self.root = None

    def begin(self, estimator):
        """Tell the callbacks of the estimator, if it has any, that its fit begins."""
        if has_callbacks(estimator):
            self.given["estimator"] = estimator
            self.root = estimator._init_callback_context(max_subtasks=estimator.max_iter)
            self.root.call_on_fit_task_begin(**self.given)

    def begin_epoch(self):
        """Tell that an epoch begins."""
        if self.root is not None:
            self.epoch = self.root.subcontext(task_name="epoch")
            self.epoch.call_on_fit_task_begin(**self.given)

    def end_epoch(self, fitted):
        """Tell that it has ended, and return whether a callback wants to stop.

        Parameters
        ----------
        fitted : callable
            Makes the attributes of an estimator fitted so far, when a callback asks for it.
        """
        if self.root is None:
            return False
        return bool(
            self.epoch.call_on_fit_task_end(**self.given, reconstruction_attributes=fitted)
        )

    def end(self):
        """Tell that the estimator is fitted."""
        if self.root is not None:
            self.root.call_on_fit_task_end(**self.given, reconstruction_attributes={})
