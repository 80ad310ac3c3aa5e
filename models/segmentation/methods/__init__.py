"""How schemes place their units: one module for each kind of method."""
