"""Whether data may enter or leave: one suite for each table that is checked, and the gate."""
