#include "gateway/answer.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "boost/beast/http/status.hpp"
#include "gateway/connect_error.h"
#include "gateway/envelope.h"
#include "gateway/gzip.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "nlohmann/json.hpp"

namespace pitlane::gateway {
namespace {

using nlohmann::json;

constexpr char kBinarySuffix[] = "-bin";
constexpr char kTrailerPrefix[] = "trailer-";
constexpr char kJsonType[] = "application/json";
// Below this, gzip's own header and trailer eat up what it saves.
constexpr size_t kMinGzipBytes = 1024;

bool IsHttpsOwn(std::string_view name) {
  static const auto* const names = new std::vector<std::string_view>{
      "connection", "content-encoding", "content-length",    "content-type",
      "date",       "keep-alive",       "proxy-connection",  "te",
      "trailer",    "upgrade",          "transfer-encoding", "user-agent"};
  return std::find(names->begin(), names->end(), name) != names->end();
}

bool IsHeaderLine(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

void AppendHeaders(std::string& out, const Headers& headers, const char* prefix = "") {
  for (const auto& [name, value] : headers) {
    absl::StrAppend(&out, prefix, name, ": ", value, "\r\n");
  }
}

std::string StatusLine(int status, bool keep, absl::Time now) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  std::string out = absl::StrCat(
      "HTTP/1.1 ", status, " ", absl::string_view(reason.data(), reason.size()),
      "\r\ndate: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone()),
      "\r\n");
  if (!keep) out.append("connection: close\r\n");
  return out;
}

void AppendBody(std::string& out, std::string_view body) {
  absl::StrAppend(&out, "content-length: ", body.size(), "\r\n\r\n", ToAbsl(body));
}

// gRPC's percent encoding of grpc-message.
std::string PercentEncode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7F && c != '%') {
      out.push_back(c);
    } else {
      const auto byte = static_cast<uint8_t>(c);
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

std::string GrpcTrailers(const grpc::Status& status, const Headers& trailing) {
  std::string out = absl::StrCat("grpc-status: ", static_cast<int>(status.error_code()), "\r\n");
  if (!status.error_message().empty()) {
    absl::StrAppend(&out, "grpc-message: ", PercentEncode(status.error_message()), "\r\n");
  }
  if (!status.error_details().empty()) {
    absl::StrAppend(&out, "grpc-status-details-bin: ", Base64EncodeUnpadded(status.error_details()),
                    "\r\n");
  }
  AppendHeaders(out, trailing);
  return out;
}

std::string EndStreamJson(const grpc::Status& status, const Headers& trailing, const Types& types) {
  std::string out = "{";
  if (!status.ok()) absl::StrAppend(&out, "\"error\":", ConnectErrorJson(status, types));
  if (!trailing.empty()) {
    json metadata = json::object();
    for (const auto& [name, value] : trailing) metadata[name].push_back(value);
    absl::StrAppend(&out, status.ok() ? "" : ",", "\"metadata\":", metadata.dump());
  }
  return absl::StrCat(out, "}");
}

// Whole seconds, as HTTP has them (RFC 9110, 10.2.3).
Headers RetryHeaders(const grpc::Status& status) {
  const auto wait = rpc::RetryAfter(rpc::FromGrpcStatus(status));
  if (!wait.has_value()) return {};
  return {{"retry-after", absl::StrCat(absl::ToInt64Seconds(absl::Ceil(*wait, absl::Seconds(1))))}};
}

const Types& LinkedTypes() {
  static const auto* const types = new Types(*google::protobuf::DescriptorPool::generated_pool());
  return *types;
}

}  // namespace

std::string PlainAnswer(const HttpFault& fault, const Headers& headers, bool keep, absl::Time now) {
  std::string out = StatusLine(fault.status, keep, now);
  AppendHeaders(out, headers);
  out.append("content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n");
  AppendBody(out, absl::StrCat(fault.problem, "\n"));
  return out;
}

std::string EmptyAnswer(const Headers& headers, bool keep, absl::Time now) {
  std::string out = StatusLine(204, keep, now);
  AppendHeaders(out, headers);
  return out + "\r\n";
}

std::string FileAnswer(int status, const Headers& headers, std::string_view body, bool whole,
                       bool keep, absl::Time now) {
  std::string out = StatusLine(status, keep, now);
  AppendHeaders(out, headers);
  absl::StrAppend(&out, "content-length: ", body.size(), "\r\n\r\n");
  if (whole) out.append(body);
  return out;
}

Headers ToHeaders(const Headers& metadata) {
  Headers headers;
  for (const auto& [name, value] : metadata) {
    if (IsHttpsOwn(name)) continue;
    if (absl::EndsWith(name, kBinarySuffix)) {
      headers.emplace_back(name, Base64EncodeUnpadded(value));
    } else if (IsHeaderLine(value)) {
      headers.emplace_back(name, value);
    }
  }
  return headers;
}

AnswerWriter::AnswerWriter(const Plan& plan, const Method& method, Context context)
    : plan_(plan), method_(method), context_(std::move(context)) {}

bool AnswerWriter::keeps_connection() const {
  return context_.keep && (chunked() || !plan_.framed());
}

absl::StatusOr<std::string> AnswerWriter::Encode(std::string_view binary) const {
  if (plan_.codec == Codec::kProto || method_.descriptor == nullptr) return std::string(binary);
  return method_.types->ToJson(*method_.descriptor->output_type(), binary);
}

std::string AnswerWriter::Chunk(std::string_view data) const {
  if (!chunked()) return std::string(data);
  return absl::StrCat(absl::Hex(data.size()), "\r\n", ToAbsl(data), "\r\n");
}

std::string AnswerWriter::Frame(uint8_t flags, std::string_view data) const {
  const bool gzip = plan_.answer_gzip && data.size() >= kMinGzipBytes;
  std::string frame =
      gzip ? MakeEnvelope(flags | kCompressedFlag, Gzip(data)) : MakeEnvelope(flags, data);
  if (plan_.protocol == Protocol::kGrpcWebText) frame = Base64Encode(frame);
  return Chunk(frame);
}

std::string AnswerWriter::Start(const Headers& initial) {
  std::string out = StatusLine(200, keeps_connection(), context_.now);
  absl::StrAppend(&out, "content-type: ", plan_.content_type, "\r\n");
  if (chunked()) out.append("transfer-encoding: chunked\r\n");
  if (plan_.answer_gzip) {
    out.append(plan_.protocol == Protocol::kConnectStream ? "connect-content-encoding: gzip\r\n"
                                                          : "grpc-encoding: gzip\r\n");
  }
  // Proxies that gather answers before they pass them on would hold a stream back.
  out.append("x-accel-buffering: no\r\ncache-control: no-store\r\n");
  AppendHeaders(out, context_.headers);
  AppendHeaders(out, ToHeaders(initial));
  return out + "\r\n";
}

absl::StatusOr<std::string> AnswerWriter::Message(std::string_view binary) {
  ASSIGN_OR_RETURN(const std::string message, Encode(binary));
  return Frame(0, message);
}

std::string AnswerWriter::End(const grpc::Status& status, const Headers& trailing) {
  const Headers headers = ToHeaders(trailing);
  std::string out =
      plan_.protocol == Protocol::kConnectStream
          ? Frame(kEndStreamFlag,
                  EndStreamJson(status, headers,
                                method_.types != nullptr ? *method_.types : LinkedTypes()))
          : Frame(kTrailersFlag, GrpcTrailers(status, headers));
  if (chunked()) out.append("0\r\n\r\n");
  return out;
}

std::string AnswerWriter::Whole(const grpc::Status& result, const Headers& initial,
                                std::string_view message, const Headers& trailing,
                                int http_status) {
  grpc::Status status = result;
  std::string body;
  if (status.ok()) {
    auto encoded = Encode(message);
    if (encoded.ok()) {
      body = *std::move(encoded);
    } else {
      status = rpc::ToGrpcStatus(encoded.status());
    }
  }
  const Types& types = method_.types != nullptr ? *method_.types : LinkedTypes();
  if (!status.ok()) body = ConnectErrorJson(status, types);
  if (http_status == 0) http_status = HttpStatusOf(status.error_code());
  std::string out = StatusLine(http_status, keeps_connection(), context_.now);
  absl::StrAppend(&out, "content-type: ", status.ok() ? plan_.content_type : kJsonType, "\r\n");
  if (plan_.answer_gzip && body.size() >= kMinGzipBytes) {
    body = Gzip(body);
    out.append("content-encoding: gzip\r\n");
  }
  out.append("cache-control: no-store\r\n");
  AppendHeaders(out, context_.headers);
  if (!status.ok()) AppendHeaders(out, RetryHeaders(status));
  AppendHeaders(out, ToHeaders(initial));
  AppendHeaders(out, ToHeaders(trailing), kTrailerPrefix);
  AppendBody(out, body);
  return out;
}

}  // namespace pitlane::gateway
