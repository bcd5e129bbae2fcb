"""Plan: propose candidates, search the best set under a budget, say why, and what just missed."""
