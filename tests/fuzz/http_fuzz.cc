// What a connection of the gateway may be sent: requests, frames, base64, gzip, JSON.
#include <boost/asio/buffer.hpp>

#include "gateway/cors.h"
#include "gateway/envelope.h"
#include "gateway/gzip.h"
#include "gateway/http_request.h"
#include "gateway/json.h"
#include "gateway/methods.h"
#include "gateway/plan.h"
#include "google/protobuf/stubs/logging.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "tests/fuzz/fuzz.h"

namespace pitlane::gateway {
namespace {

constexpr size_t kMaxBytes = 1 << 16;

void Requests(std::string_view text) {
  HttpParser parser(kMaxBytes);
  boost::beast::error_code error;
  size_t at = 0;
  while (at < text.size() && !error && !parser.is_done()) {
    const size_t used = parser.put(boost::asio::buffer(text.data() + at, text.size() - at), error);
    if (used == 0) break;
    at += used;
  }
  if (error) DescribeParseError(error);
  if (!parser.is_header_done()) return;
  const HttpHead& head = parser.head();
  if (CheckHead(head).has_value()) return;
  // What passes has one meaning: one host, no room for a second header or request.
  MUST_HOLD(head.Count("host") == 1);
  for (const auto& [name, value] : head.headers) {
    MUST_HOLD(value.find_first_of("\r\n") == std::string::npos);
  }
  IsPreflight(head);
  MakePlan(head, Method{});
}

void Frames(std::string_view bytes) {
  EnvelopeReader frames(kMaxBytes);
  frames.Append(bytes);
  for (auto frame = frames.Next(); frame.ok() && frame->has_value(); frame = frames.Next()) {
    MUST_HOLD((*frame)->data.size() <= kMaxBytes);
  }
  Base64Reader base64;
  fuzz::Survives(base64.Append(bytes));
  fuzz::Survives(base64.End());
  const auto decoded = Base64Decode(bytes);
  if (decoded.ok()) {
    const auto again = Base64Decode(Base64Encode(*decoded));
    MUST_HOLD(again.ok() && *again == *decoded);
  }
  const auto plain = Gunzip(bytes, kMaxBytes);
  MUST_HOLD(!plain.ok() || plain->size() <= kMaxBytes);
  ParseQuery(bytes);
}

void Messages(std::string_view text) {
  static const auto* const types = new Types(*google::protobuf::DescriptorPool::generated_pool());
  const auto& type = *ticket::v1::ChangeLineRequest::descriptor();
  const auto binary = types->FromJson(type, text);
  // What was understood can be said again.
  MUST_HOLD(!binary.ok() || types->ToJson(type, *binary).ok());
  MUST_HOLD(binary.ok() || absl::IsInvalidArgument(binary.status()));
  fuzz::Survives(types->ToJson(type, text));
  // What a service writes: text in UTF-8, each field once.
  ticket::v1::ChangeLineRequest message;
  if (message.ParseFromString(std::string(text))) {
    const auto json = types->ToJson(type, message.SerializeAsString());
    MUST_HOLD(json.ok() && types->FromJson(type, *json).ok());
  }
  fuzz::Survives(CheckBinary(type, text));
}

}  // namespace
}  // namespace pitlane::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Broken text is what this is about; not a line on standard error for each.
  static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  pitlane::fuzz::Survives(quiet);
  const std::string_view bytes = pitlane::fuzz::AsText(data, size);
  pitlane::gateway::Requests(bytes);
  pitlane::gateway::Frames(bytes);
  pitlane::gateway::Messages(bytes);
  return 0;
}
