"""One file for each section of the page; each turns a release into a `Section`."""
