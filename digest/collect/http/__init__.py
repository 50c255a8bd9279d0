"""HTTP: fetching politely and safely."""
