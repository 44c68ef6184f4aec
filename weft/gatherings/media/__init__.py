"""Voice and picture. The hour says who may be heard; what is here only brings it about."""
