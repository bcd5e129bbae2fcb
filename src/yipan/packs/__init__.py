"""Domain packs that come with the program; the verbs find them by entry point, never by name."""
