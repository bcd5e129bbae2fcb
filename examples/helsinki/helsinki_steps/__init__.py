"""The steps of the Helsinki example's build, one module each; `build.py` runs them in order.

The package is not called ``steps`` because that of the other example is, and a process may import both.
"""
