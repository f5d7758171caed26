"""What people see: sheets of pictures, figures, and one self-contained page a run."""
