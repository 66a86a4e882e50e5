"""What is asked beside the password: codes of an app, passkeys and recovery codes, all of them allauth's."""
