"""Single-echelon stock: order quantities, safety stock, service, reorder points."""
