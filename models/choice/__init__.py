"""Choice of a scheme: what to classify, by which driver, into how many classes, to which end."""
