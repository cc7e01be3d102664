"""Technology exchange: what comes back from a technology that was given, leg by leg."""
