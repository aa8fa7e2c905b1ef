//! What is watched: launched by us under a guardian, or attached to.
