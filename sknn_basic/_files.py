"""Files that are written all at once."""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4


def write_at_once(path: str | os.PathLike[str], write: Callable[[Path], object]) -> None:
    """Let `write` fill a file that then takes the place of `path`.

    Whoever reads meanwhile sees the old file or the new one, and a failure leaves the old one.
    A link stays, and the file that it leads to is replaced.
    """
    real = Path(os.path.realpath(path))
    part = real.with_name(f".{uuid4().hex}.part")
    try:
        write(part)
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)
