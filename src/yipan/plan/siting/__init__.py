"""Where to open facilities, with proof: median, centre, covering and capacitated siting over costs."""
