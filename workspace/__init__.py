"""WHERE things are kept: one company's folder on disk, from contracts to releases."""
