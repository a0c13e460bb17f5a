"""What makes calls run: arguments, files, parallel work, what is shown."""
