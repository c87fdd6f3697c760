"""What a gRPC client of Pitlane needs besides the generated code: the token, positions (each call
sees what the ones before it made), request ids, and retries of what is safe to repeat."""

import json
import random
import threading
import time
import uuid

import grpc
from google.rpc import error_details_pb2, status_pb2

# gRPC itself repeats by it. Every change of Pitlane has a request id, so it counts once.
SERVICE_CONFIG = {"methodConfig": [{
    "name": [{}],
    "retryPolicy": {"maxAttempts": 5, "initialBackoff": "0.2s", "maxBackoff": "5s",
                    "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]}
WORTH_WAITING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)


def request_id():
    """For one command: the same again for each repetition of it."""
    return uuid.uuid4().hex


def reason_of(error):
    """The reason of a grpc.RpcError, e.g. "NOTHING_OWED", and the message for people."""
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    for detail in status_pb2.Status.FromString(details).details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info.reason, error.details()
    return "", error.details()


class _Call(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Adds the token and positions, and learns positions from answers."""

    def __init__(self, token):
        self.token = token
        self.positions = {}
        self.lock = threading.Lock()

    def _with_metadata(self, details):
        metadata = list(details.metadata or ())
        metadata.append(("authorization", f"Bearer {self.token}"))
        with self.lock:
            after = ",".join(f"{where}@{position}" for where, position in self.positions.items())
        if after:
            metadata.append(("pitlane-after", after))
        return details._replace(metadata=metadata)

    def _learn(self, call):
        for key, text in call.trailing_metadata() or ():
            if key != "pitlane-position":
                continue
            with self.lock:
                for entry in text.split(","):
                    where, _, position = entry.partition("@")
                    self.positions[where] = max(int(position), self.positions.get(where, 0))

    def intercept_unary_unary(self, continuation, client_call_details, request):
        call = continuation(self._with_metadata(client_call_details), request)
        self._learn(call)
        return call

    def intercept_unary_stream(self, continuation, client_call_details, request):
        return continuation(self._with_metadata(client_call_details), request)


def connect(address, token, credentials=None):
    """A channel to the gateway; plaintext without `credentials` (grpc.ssl_channel_credentials)."""
    options = [("grpc.service_config", json.dumps(SERVICE_CONFIG))]
    channel = (grpc.secure_channel(address, credentials, options) if credentials
               else grpc.insecure_channel(address, options))
    return grpc.intercept_channel(channel, _Call(token))


def watch(method, request):
    """What a watch method tells, without end: after a cut it goes on behind the last position."""
    while True:
        try:
            for answer in method(request, wait_for_ready=True):
                request.after_position = answer.position
                yield answer
        except grpc.RpcError as error:
            if error.code() not in WORTH_WAITING:
                raise
        time.sleep(random.uniform(0.5, 1.5))  # not all readers at once
