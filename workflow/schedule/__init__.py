"""Let the operating system refresh every few minutes, by a LaunchAgent or a timer of systemd's user manager.

It is off until the user turns it on. Nothing stays in memory, and the job removes itself if Tankful is deleted.
"""
