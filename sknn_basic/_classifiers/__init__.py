"""scikit-learn's interface to the engine: the two classifiers and what they share."""
