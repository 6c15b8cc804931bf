"""Who is talking: standing, tiers, life cycle, consent, special days."""
