"""The demo: two invented brands brought through the product itself, with a simulated team."""
