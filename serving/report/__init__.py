"""The morning page: one self-contained HTML file that a planner opens before work."""
