"""How fast is it, against whom, and does it hold: ``python -m benchmarks``.

Reading order: `cases` (what is measured) → `data` (on which numbers) → `peers` (who
computes it) → `timing` (how it is timed) → `requirements` (what must hold) → `report`.
`agreement` checks that the peers compute the same thing, `threads` compares thread
settings, `growth` shows how time grows with the size of the problem. `compiled` sets ours
beside a loop that Numba compiles. `lessons` measures what a lesson in the page teaches.

The peers are optional: ``pip install torch jax`` brings those that scikit-learn does not,
and FANN is a library of the system (Debian's libfann2).
Run it on an idle machine: a busy one slows the peers with two threads many times over.
"""
