"""What is well and what is not, with the mend."""
