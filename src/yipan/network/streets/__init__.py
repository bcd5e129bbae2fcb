"""Streets of one mode: reading, compressing, putting places on them."""
