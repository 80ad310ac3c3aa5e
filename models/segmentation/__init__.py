"""What a segmentation scheme is, and how it becomes one SQL statement."""
