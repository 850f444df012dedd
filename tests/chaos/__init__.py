"""Jepsen for a walk: phones, network and server broken on purpose, and a checker of what came of it.

`proxy` is the bad network alone, which other tests use too. `trial` runs one seed: simulated phones and
real ones, a desk, faults that the seed chooses, then quiet, and the `checker` over the history and what is
stored. `python -m tests.chaos` runs many, see docs/RELIABILITY.md.
"""
