"""The steps of the Chongqing example's build, one module each; `build.py` runs them in order."""
