"""Saying in the week that somebody is away today or tomorrow."""
