from hypothesis import settings

# A busy machine is no wrong answer.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
