"""Web edges: the preview for staff, and the little that subscribers reach."""
