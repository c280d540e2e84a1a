"""GStreamer as a WHEP player: receives H.264 from an endpoint, counts pictures, ends its session.

Usage: gst-whep-player.py URL TOKEN PICTURES
Offers payload type 97 only. Prints one JSON object when so many pictures came, or when half a minute is over.
"""
import json
import sys
import urllib.error
import urllib.request
from urllib.parse import urljoin

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

url, token, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
Gst.init(None)
loop = GLib.MainLoop()
pipeline = Gst.Pipeline.new("player")
webrtc = Gst.ElementFactory.make("webrtcbin", "webrtc")
webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
pipeline.add(webrtc)
seen = {"status": 0, "location": "", "pictures": 0, "keyPictures": 0, "widthPx": 0, "patch": 0, "deleted": 0}


def ask(method, address, body=None, kind="application/sdp"):
    request = urllib.request.Request(address, data=body, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", kind)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def on_picture(_pad, info):
    buffer = info.get_buffer()
    seen["pictures"] += 1
    if not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT):
        seen["keyPictures"] += 1
    caps = _pad.get_current_caps()
    if caps is not None:
        seen["widthPx"] = caps.get_structure(0).get_int("width")[1]
    if seen["pictures"] >= wanted:
        GLib.idle_add(loop.quit)
    return Gst.PadProbeReturn.OK


def on_pad(_element, pad):
    chain = Gst.parse_bin_from_description(
        "rtph264depay ! h264parse ! video/x-h264,alignment=au ! fakesink name=end sync=false", True
    )
    pipeline.add(chain)
    chain.sync_state_with_parent()
    chain.get_by_name("end").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, on_picture)
    pad.link(chain.get_static_pad("sink"))


def post_offer(*_):
    if webrtc.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
        return
    offer = webrtc.get_property("local-description").sdp.as_text()
    status, headers, answer = ask("POST", url, offer.encode())
    seen["status"], seen["location"] = status, headers.get("Location") or answer
    if status != 201:
        loop.quit()
        return
    _, message = GstSdp.SDPMessage.new_from_text(answer)
    description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
    webrtc.emit("set-remote-description", description, Gst.Promise.new())


# The offer lies in the memory of its reply, which the binding would free too early.
kept = []


def on_offer(promise, *_):
    reply = promise.get_reply()
    kept.append(reply)
    kept.append(reply.get_value("offer"))
    webrtc.emit("set-local-description", kept[-1], Gst.Promise.new())


caps = Gst.Caps.from_string(
    "application/x-rtp,media=video,encoding-name=H264,payload=97,clock-rate=90000,packetization-mode=(string)1,"
    "profile-level-id=(string)42e01f,rtcp-fb-nack-pli=(boolean)true"
)
webrtc.connect("pad-added", on_pad)
webrtc.connect("notify::ice-gathering-state", lambda *_: GLib.idle_add(post_offer))
pipeline.set_state(Gst.State.PLAYING)
webrtc.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)
webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(on_offer))
GLib.timeout_add_seconds(30, loop.quit)
loop.run()
if seen["status"] == 201:
    session = urljoin(url, seen["location"])
    seen["patch"] = ask("PATCH", session, b"a=ice-ufrag:none\r\n", "application/trickle-ice-sdpfrag")[0]
    seen["deleted"] = ask("DELETE", session)[0]
print(json.dumps(seen))
pipeline.set_state(Gst.State.NULL)
