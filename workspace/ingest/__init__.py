"""From delivered bytes to typed canonical rows, with every record accounted for."""
