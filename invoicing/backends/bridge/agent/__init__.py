"""The program beside a tax disc or server: asks for work, asks the device, says what came of it."""
