"""What the house costs: one command seeds a large house, serves it, and prints one table. See docs/performance.md."""
