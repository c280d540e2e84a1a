"""GStreamer's RTSP server: one address for each pipeline given, e.g. `/cam=( filesrc … ! rtph265pay name=pay0 )`.

Prints its port on one line when it listens. Ends with its standard input.
"""
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
for argument in sys.argv[1:]:
    path, _, launch = argument.partition("=")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    factory.set_shared(True)
    server.get_mount_points().add_factory(path, factory)
loop = GLib.MainLoop()
server.attach(None)
print(server.get_bound_port(), flush=True)


def end_with_input() -> None:
    sys.stdin.read()
    loop.quit()


threading.Thread(target=end_with_input, daemon=True).start()
loop.run()
