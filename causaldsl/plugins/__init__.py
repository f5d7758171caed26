"""The doors: what a mechanism, an image model, a data set or a format has to be, and how they are found."""
