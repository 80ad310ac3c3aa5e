"""How demand behaves: its parts, its regularity, its stage of life."""
