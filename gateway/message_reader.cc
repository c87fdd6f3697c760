#include "gateway/message_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/gzip.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {

MessageReader::MessageReader(const Plan& plan, const Method& method, size_t max_message_bytes)
    : plan_(plan), method_(method), max_bytes_(max_message_bytes), envelopes_(max_message_bytes) {
  if (plan_.protocol == Protocol::kConnectGet) body_ = plan_.get_message;
}

absl::Status MessageReader::Append(std::string_view body) {
  switch (plan_.protocol) {
    case Protocol::kConnectGet:
      // A body of a GET means nothing.
      return absl::OkStatus();
    case Protocol::kConnectUnary:
      if (body_.size() + body.size() > max_bytes_) {
        return rpc::MakeError(absl::StatusCode::kResourceExhausted, common::v1::MESSAGE_TOO_LARGE,
                              absl::StrCat("a message has more than ", max_bytes_, " bytes"));
      }
      body_.append(body);
      return absl::OkStatus();
    case Protocol::kConnectStream:
    case Protocol::kGrpcWeb:
      envelopes_.Append(body);
      return absl::OkStatus();
    case Protocol::kGrpcWebText: {
      ASSIGN_OR_RETURN(const std::string bytes, text_.Append(body));
      envelopes_.Append(bytes);
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::Status MessageReader::End() {
  ended_ = true;
  if (!plan_.framed()) return absl::OkStatus();
  return text_.End();
}

absl::StatusOr<std::optional<std::string>> MessageReader::Next() {
  if (!plan_.framed()) {
    if (!ended_ || taken_) return std::nullopt;
    taken_ = true;
    ASSIGN_OR_RETURN(std::string message, Decode(std::move(body_), plan_.request_gzip));
    return std::optional<std::string>(std::move(message));
  }
  ASSIGN_OR_RETURN(auto envelope, envelopes_.Next());
  if (!envelope.has_value()) {
    if (ended_ && !envelopes_.empty()) {
      return rpc::Invalid("(body)", "ends within a message");
    }
    return std::nullopt;
  }
  if ((envelope->flags & ~kCompressedFlag) != 0) {
    return rpc::Invalid("(body)", absl::StrCat("has a frame with the flags ", envelope->flags,
                                               ", which no client may send"));
  }
  const bool compressed = envelope->flags == kCompressedFlag;
  if (compressed && !plan_.request_gzip) {
    return rpc::Internal("a frame says that it is compressed, but the headers name no compression");
  }
  ASSIGN_OR_RETURN(std::string message, Decode(std::move(envelope->data), compressed));
  return std::optional<std::string>(std::move(message));
}

absl::StatusOr<std::string> MessageReader::Decode(std::string bytes, bool compressed) {
  if (compressed) {
    ASSIGN_OR_RETURN(bytes, Gunzip(bytes, max_bytes_));
  }
  if (method_.descriptor == nullptr) {
    if (plan_.codec == Codec::kProto) return bytes;
    return rpc::MakeError(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNKNOWN,
                          "this gateway does not know the method, so it cannot read its JSON");
  }
  const auto& type = *method_.descriptor->input_type();
  if (plan_.codec == Codec::kJson) {
    ASSIGN_OR_RETURN(std::string binary, method_.types->FromJson(type, bytes));
    if (binary.size() > max_bytes_) {
      return rpc::MakeError(absl::StatusCode::kResourceExhausted, common::v1::MESSAGE_TOO_LARGE,
                            absl::StrCat("a message has more than ", max_bytes_, " bytes"));
    }
    return binary;
  }
  RETURN_IF_ERROR(CheckBinary(type, bytes));
  return bytes;
}

}  // namespace pitlane::gateway
