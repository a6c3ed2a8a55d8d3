"""Files of exports become facts."""
