"""Streets: read from OpenStreetMap, places put on them, compressed to a core that searches run on."""
