"""The tabs of the metrics screen as lines, with what stands behind each number."""
