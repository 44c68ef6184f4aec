"""What a bad night does to a house: a power cut, a full disk, a killed process."""
