// Which protocol a request speaks, and how its messages are written: read from its head alone.
// https://connectrpc.com/docs/protocol and
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/http_request.h"
#include "gateway/methods.h"

namespace pitlane::gateway {

enum class Protocol { kConnectUnary, kConnectGet, kConnectStream, kGrpcWeb, kGrpcWebText };
enum class Codec { kProto, kJson };

struct Plan {
  Protocol protocol = Protocol::kConnectUnary;
  Codec codec = Codec::kProto;
  std::string content_type;  // of the answer
  bool request_gzip = false;
  bool answer_gzip = false;
  std::optional<absl::Duration> timeout;
  std::string get_message;  // the message of a GET
  // What is wrong although the protocol is clear, so that it can be said in the protocol's own way.
  absl::Status fault;

  // Answers are written message by message, behind one HTTP status that says nothing.
  bool framed() const {
    return protocol != Protocol::kConnectUnary && protocol != Protocol::kConnectGet;
  }
};

// Refused by HTTP itself, with headers that say what would do.
struct HttpRefusal {
  HttpFault fault;
  Headers headers;
};

std::variant<Plan, HttpRefusal> MakePlan(const HttpHead& head, const Method& method);

}  // namespace pitlane::gateway
