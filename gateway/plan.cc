#include "gateway/plan.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/envelope.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

constexpr char kAcceptPost[] =
    "application/json, application/proto, application/connect+json, application/connect+proto, "
    "application/grpc-web, application/grpc-web+json, application/grpc-web+proto, "
    "application/grpc-web-text, application/grpc-web-text+proto";
constexpr char kGzip[] = "gzip";
constexpr char kIdentity[] = "identity";
constexpr size_t kMaxConnectTimeoutDigits = 10;
constexpr size_t kMaxGrpcTimeoutDigits = 8;

std::string HeaderOf(const HttpHead& head, std::string_view name) {
  const std::string* value = head.Find(name);
  return value == nullptr ? std::string() : *value;
}

// The media type in lower case without parameters; nullopt when it has a charset other than UTF-8.
std::optional<std::string> MediaType(const std::string& content_type) {
  std::vector<std::string> parts = absl::StrSplit(absl::AsciiStrToLower(content_type), ';');
  for (size_t i = 1; i < parts.size(); ++i) {
    absl::string_view parameter = absl::StripAsciiWhitespace(parts[i]);
    if (!absl::ConsumePrefix(&parameter, "charset=")) continue;
    if (parameter != "utf-8" && parameter != "\"utf-8\"") return std::nullopt;
  }
  return std::string(absl::StripAsciiWhitespace(parts[0]));
}

struct Form {
  Protocol protocol;
  Codec codec;
};

std::optional<Form> FormOf(const std::string& media_type) {
  static const auto* const forms = new std::vector<std::pair<std::string, Form>>{
      {"application/json", {Protocol::kConnectUnary, Codec::kJson}},
      {"application/proto", {Protocol::kConnectUnary, Codec::kProto}},
      {"application/connect+json", {Protocol::kConnectStream, Codec::kJson}},
      {"application/connect+proto", {Protocol::kConnectStream, Codec::kProto}},
      {"application/grpc-web", {Protocol::kGrpcWeb, Codec::kProto}},
      {"application/grpc-web+proto", {Protocol::kGrpcWeb, Codec::kProto}},
      {"application/grpc-web+json", {Protocol::kGrpcWeb, Codec::kJson}},
      {"application/grpc-web-text", {Protocol::kGrpcWebText, Codec::kProto}},
      {"application/grpc-web-text+proto", {Protocol::kGrpcWebText, Codec::kProto}}};
  for (const auto& [name, form] : *forms) {
    if (name == media_type) return form;
  }
  return std::nullopt;
}

// Connect's unary form and its streams have content types of their own; gRPC-Web has one for both.
bool Fits(Protocol protocol, const Method& method) {
  if (method.descriptor == nullptr) return true;
  if (protocol == Protocol::kConnectUnary) return !method.info.streaming;
  if (protocol == Protocol::kConnectStream) return method.info.streaming;
  return true;
}

HttpRefusal WrongType() {
  return {{415, absl::StrCat("the content type does not fit this method; one of: ", kAcceptPost)},
          {{"accept-post", kAcceptPost}}};
}

HttpRefusal WrongVerb(const Method& method) {
  const std::string allowed = method.no_side_effects() ? "GET, POST" : "POST";
  return {{405, absl::StrCat("this method takes ", allowed)}, {{"allow", allowed}}};
}

absl::Status UnknownEncoding(const std::string& name) {
  return rpc::MakeError(
      absl::StatusCode::kUnimplemented, common::v1::FIELD_INVALID,
      absl::StrCat(name, ": this compression is not known here; send gzip or identity"));
}

absl::Status ReadEncoding(const HttpHead& head, const char* name, bool& gzip) {
  const std::string value = HeaderOf(head, name);
  gzip = absl::EqualsIgnoreCase(value, kGzip);
  if (gzip || value.empty() || absl::EqualsIgnoreCase(value, kIdentity)) return absl::OkStatus();
  return UnknownEncoding(name);
}

// "br;q=1.0, gzip" has it, "gzip;q=0" has not.
bool AcceptsGzip(const HttpHead& head, std::string_view name) {
  for (const auto& [key, value] : head.headers) {
    if (key != name) continue;
    for (absl::string_view entry : absl::StrSplit(value, ',')) {
      const std::vector<std::string> parts = absl::StrSplit(entry, ';');
      if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]), kGzip)) continue;
      absl::string_view weight =
          parts.size() > 1 ? absl::StripAsciiWhitespace(parts[1]) : absl::string_view();
      double q = 1;
      if (absl::ConsumePrefix(&weight, "q=") && !absl::SimpleAtod(weight, &q)) return false;
      return q > 0;
    }
  }
  return false;
}

// At most `max_digits` digits and nothing else; -1 otherwise.
int64_t Digits(std::string_view text, size_t max_digits) {
  int64_t number = 0;
  if (text.empty() || text.size() > max_digits || text[0] == '-' || text[0] == '+' ||
      text[0] == ' ' || text.back() == ' ' || !absl::SimpleAtoi(ToAbsl(text), &number)) {
    return -1;
  }
  return number;
}

absl::Status ReadConnectTimeout(const HttpHead& head, Plan& plan) {
  const std::string* value = head.Find("connect-timeout-ms");
  if (value == nullptr) return absl::OkStatus();
  const int64_t milliseconds = Digits(*value, kMaxConnectTimeoutDigits);
  if (milliseconds < 0) {
    return rpc::Invalid("connect-timeout-ms", "must be milliseconds, at most 10 digits");
  }
  plan.timeout = absl::Milliseconds(milliseconds);
  return absl::OkStatus();
}

absl::Status ReadGrpcTimeout(const HttpHead& head, Plan& plan) {
  const std::string* value = head.Find("grpc-timeout");
  if (value == nullptr) return absl::OkStatus();
  const absl::Status wrong =
      rpc::Invalid("grpc-timeout", "must be at most 8 digits and one of H, M, S, m, u, n");
  if (value->empty()) return wrong;
  const int64_t number =
      Digits(std::string_view(*value).substr(0, value->size() - 1), kMaxGrpcTimeoutDigits);
  if (number < 0) return wrong;
  switch (value->back()) {
    case 'H':
      plan.timeout = absl::Hours(number);
      return absl::OkStatus();
    case 'M':
      plan.timeout = absl::Minutes(number);
      return absl::OkStatus();
    case 'S':
      plan.timeout = absl::Seconds(number);
      return absl::OkStatus();
    case 'm':
      plan.timeout = absl::Milliseconds(number);
      return absl::OkStatus();
    case 'u':
      plan.timeout = absl::Microseconds(number);
      return absl::OkStatus();
    case 'n':
      plan.timeout = absl::Nanoseconds(number);
      return absl::OkStatus();
  }
  return wrong;
}

absl::Status CheckVersion(const HttpHead& head) {
  const std::string version = HeaderOf(head, "connect-protocol-version");
  if (version.empty() || version == "1") return absl::OkStatus();
  return rpc::Invalid("connect-protocol-version", "must be 1");
}

absl::Status ReadConnect(const HttpHead& head, Plan& plan) {
  absl::Status status = CheckVersion(head);
  status.Update(ReadConnectTimeout(head, plan));
  const bool stream = plan.protocol == Protocol::kConnectStream;
  status.Update(ReadEncoding(head, stream ? "connect-content-encoding" : "content-encoding",
                             plan.request_gzip));
  plan.answer_gzip = AcceptsGzip(head, stream ? "connect-accept-encoding" : "accept-encoding");
  return status;
}

absl::Status ReadGrpcWeb(const HttpHead& head, Plan& plan) {
  absl::Status status = ReadGrpcTimeout(head, plan);
  status.Update(ReadEncoding(head, "grpc-encoding", plan.request_gzip));
  plan.answer_gzip = AcceptsGzip(head, "grpc-accept-encoding");
  return status;
}

std::variant<Plan, HttpRefusal> PlanGet(const HttpHead& head) {
  Plan plan{.protocol = Protocol::kConnectGet};
  const auto parameters = ParseQuery(head.query);
  if (!parameters.has_value()) {
    return HttpRefusal{{400, "the query does not decode: a percent sign is broken"}, {}};
  }
  std::optional<std::string> encoding, message;
  std::string compression, version;
  bool base64 = false;
  for (const auto& [name, value] : *parameters) {
    if (name == "encoding") encoding = value;
    if (name == "message") message = value;
    if (name == "compression") compression = value;
    if (name == "connect") version = value;
    if (name == "base64") base64 = value == "1";
  }
  if (encoding != "json" && encoding != "proto") {
    return HttpRefusal{{415, "the query's `encoding` must be json or proto"}, {}};
  }
  plan.codec = *encoding == "json" ? Codec::kJson : Codec::kProto;
  plan.content_type = absl::StrCat("application/", *encoding);
  plan.answer_gzip = AcceptsGzip(head, "accept-encoding");
  plan.fault = ReadConnectTimeout(head, plan);
  plan.request_gzip = compression == kGzip;
  if (!plan.request_gzip && !compression.empty() && compression != kIdentity) {
    plan.fault.Update(UnknownEncoding("compression"));
  }
  if (!version.empty() && version != "v1") plan.fault.Update(rpc::Invalid("connect", "must be v1"));
  if (!message.has_value()) {
    plan.fault.Update(rpc::Invalid("message", "must be in the query"));
  } else if (base64) {
    auto bytes = Base64Decode(*message);
    if (bytes.ok()) {
      plan.get_message = *std::move(bytes);
    } else {
      plan.fault.Update(rpc::Invalid("message", "must be base64, as `base64=1` says"));
    }
  } else {
    plan.get_message = *std::move(message);
  }
  return plan;
}

}  // namespace

std::variant<Plan, HttpRefusal> MakePlan(const HttpHead& head, const Method& method) {
  if (head.method == "GET" && (method.descriptor == nullptr || method.no_side_effects())) {
    return PlanGet(head);
  }
  if (head.method != "POST") return WrongVerb(method);
  const std::optional<std::string> media_type = MediaType(HeaderOf(head, "content-type"));
  const std::optional<Form> form = media_type.has_value() && head.Count("content-type") == 1
                                       ? FormOf(*media_type)
                                       : std::nullopt;
  if (!form.has_value() || !Fits(form->protocol, method)) return WrongType();
  Plan plan{.protocol = form->protocol, .codec = form->codec, .content_type = *media_type};
  const bool web = plan.protocol == Protocol::kGrpcWeb || plan.protocol == Protocol::kGrpcWebText;
  plan.fault = web ? ReadGrpcWeb(head, plan) : ReadConnect(head, plan);
  return plan;
}

}  // namespace pitlane::gateway
