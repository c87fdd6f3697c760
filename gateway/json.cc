#include "gateway/json.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr char kTypePrefix[] = "type.googleapis.com";
// protobuf's own default.
constexpr int kMaxDepth = 100;
constexpr std::string_view kWholeMessage = "(message)";
constexpr std::string_view kForType = " for type ";

std::string TypeUrl(const Descriptor& type) {
  return absl::StrCat(kTypePrefix, "/", type.full_name());
}

// "string" of "TYPE_STRING", "pitlane.ticket.v1.Line" of
// "type.googleapis.com/pitlane.ticket.v1.Line".
std::string TypeName(std::string_view type) {
  constexpr std::string_view kScalar = "TYPE_";
  if (type.substr(0, kScalar.size()) == kScalar) {
    return absl::AsciiStrToLower(ToAbsl(type.substr(kScalar.size())));
  }
  return std::string(type.substr(type.rfind('/') + 1));
}

// The parser's messages are "(lines[0].quantity): invalid value "x" for type int64", or a sentence
// and below it the place in the text. What the caller wrote is left out: it may be anyone's name.
absl::Status Explain(const std::string& text) {
  std::string_view message = text;
  message = message.substr(0, message.find('\n'));
  if (!message.empty() && message[0] == '(') {
    const size_t close = message.find("): ");
    if (close != std::string_view::npos) {
      const std::string_view field = message.substr(1, close - 1);
      const size_t type = message.rfind(kForType);
      if (type == std::string_view::npos) return rpc::Invalid(field, message.substr(close + 3));
      return rpc::Invalid(field,
                          absl::StrCat("must be ", TypeName(message.substr(type + kForType.size())),
                                       " in protobuf's JSON mapping"));
    }
  }
  const size_t type = message.rfind(kForType);
  if (type != std::string_view::npos) {
    return rpc::Invalid(kWholeMessage,
                        absl::StrCat("must be ", TypeName(message.substr(type + kForType.size())),
                                     " in protobuf's JSON mapping"));
  }
  return rpc::Invalid(kWholeMessage, absl::StrCat("is no JSON: ", ToAbsl(message)));
}

bool IsUtf8(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const int extra = lead >= 0xC2 && lead <= 0xDF   ? 1
                      : lead >= 0xE0 && lead <= 0xEF ? 2
                      : lead >= 0xF0 && lead <= 0xF4 ? 3
                                                     : 0;
    if (extra == 0 || i + extra >= text.size()) return false;
    const auto second = static_cast<uint8_t>(text[i + 1]);
    const uint8_t lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const uint8_t highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < lowest || second > highest) return false;
    for (int k = 2; k <= extra; ++k) {
      if ((static_cast<uint8_t>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += extra + 1;
  }
  return true;
}

// Reads a message's wire form in place.
class WireCheck {
 public:
  explicit WireCheck(std::string_view bytes) : rest_(bytes) {}

  // The path of the field that is broken, with the problem; nullopt when all is well.
  std::optional<rpc::FieldViolation> Check(const Descriptor& type, int depth) {
    if (depth > kMaxDepth) return Fault("", "is nested too deeply");
    while (!rest_.empty()) {
      uint64_t tag = 0;
      if (!Varint(tag) || tag > std::numeric_limits<uint32_t>::max() || tag >> 3 == 0) {
        return Fault("", "does not decode: a tag is broken");
      }
      const FieldDescriptor* field = type.FindFieldByNumber(static_cast<int>(tag >> 3));
      const std::string name = field != nullptr ? field->name() : absl::StrCat(tag >> 3);
      auto fault = CheckValue(tag, field, name, depth);
      if (fault.has_value()) return fault;
    }
    return std::nullopt;
  }

 private:
  enum WireType { kVarint = 0, kFixed64 = 1, kLength = 2, kStart = 3, kEnd = 4, kFixed32 = 5 };

  static rpc::FieldViolation Fault(std::string_view field, std::string_view problem) {
    return {std::string(field.empty() ? kWholeMessage : field), std::string(problem)};
  }

  std::optional<rpc::FieldViolation> CheckValue(uint64_t tag, const FieldDescriptor* field,
                                                const std::string& name, int depth) {
    if ((tag & 7) != kLength) {
      if (Skip(tag, depth)) return std::nullopt;
      return Fault(name, "does not decode: its value is broken");
    }
    uint64_t size = 0;
    if (!Varint(size) || size > rest_.size()) {
      return Fault(name, "does not decode: it is cut off");
    }
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (field == nullptr) return std::nullopt;
    if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      auto fault = WireCheck(value).Check(*field->message_type(), depth + 1);
      if (!fault.has_value()) return std::nullopt;
      const bool whole = fault->field == kWholeMessage;
      return Fault(whole ? name : absl::StrCat(name, ".", fault->field), fault->problem);
    }
    const bool text = field->type() == FieldDescriptor::TYPE_STRING &&
                      field->file()->syntax() == FileDescriptor::SYNTAX_PROTO3;
    if (text && !IsUtf8(value)) return Fault(name, "must be UTF-8");
    if (field->is_packable() && !WireCheck(value).IsPacked(*field)) {
      return Fault(name, "does not decode: its values are broken");
    }
    return std::nullopt;
  }

  bool IsPacked(const FieldDescriptor& field) {
    switch (field.type()) {
      case FieldDescriptor::TYPE_DOUBLE:
      case FieldDescriptor::TYPE_FIXED64:
      case FieldDescriptor::TYPE_SFIXED64:
        return rest_.size() % 8 == 0;
      case FieldDescriptor::TYPE_FLOAT:
      case FieldDescriptor::TYPE_FIXED32:
      case FieldDescriptor::TYPE_SFIXED32:
        return rest_.size() % 4 == 0;
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_INT32:
      case FieldDescriptor::TYPE_UINT32:
      case FieldDescriptor::TYPE_SINT32:
      case FieldDescriptor::TYPE_SINT64:
      case FieldDescriptor::TYPE_BOOL:
      case FieldDescriptor::TYPE_ENUM:
        for (uint64_t ignored = 0; !rest_.empty();) {
          if (!Varint(ignored)) return false;
        }
        return true;
      case FieldDescriptor::TYPE_STRING:
      case FieldDescriptor::TYPE_BYTES:
      case FieldDescriptor::TYPE_MESSAGE:
      case FieldDescriptor::TYPE_GROUP:
        return true;
    }
    return true;
  }

  bool Varint(uint64_t& value) {
    value = 0;
    for (size_t i = 0; i < 10 && i < rest_.size(); ++i) {
      const auto byte = static_cast<uint8_t>(rest_[i]);
      value |= uint64_t{byte & 0x7Fu} << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  bool Drop(uint64_t size) {
    if (size > rest_.size()) return false;
    rest_.remove_prefix(size);
    return true;
  }

  bool Skip(uint64_t tag, int depth) {
    uint64_t value = 0;
    switch (tag & 7) {
      case kVarint:
        return Varint(value);
      case kFixed64:
        return Drop(8);
      case kLength:
        return Varint(value) && Drop(value);
      case kFixed32:
        return Drop(4);
      case kStart:
        if (depth > kMaxDepth) return false;
        while (Varint(value)) {
          if (value >> 3 == 0) return false;
          if ((value & 7) == kEnd) return value >> 3 == tag >> 3;
          if (!Skip(value, depth + 1)) return false;
        }
        return false;
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

Types::Types(const google::protobuf::DescriptorPool& pool)
    : pool_(pool),
      resolver_(google::protobuf::util::NewTypeResolverForDescriptorPool(kTypePrefix, &pool)) {}

const Descriptor* Types::Find(std::string_view full_name) const {
  return pool_.FindMessageTypeByName(std::string(full_name));
}

absl::StatusOr<std::string> Types::FromJson(const Descriptor& type, std::string_view json) const {
  if (!IsUtf8(json)) return rpc::Invalid(kWholeMessage, "must be UTF-8");
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  std::string binary;
  const auto status = google::protobuf::util::JsonToBinaryString(
      resolver_.get(), TypeUrl(type), std::string(json), &binary, options);
  if (!status.ok()) return Explain(std::string(status.message()));
  // The converter takes some texts for messages that do not decode.
  RETURN_IF_ERROR(CheckBinary(type, binary));
  return binary;
}

absl::StatusOr<std::string> Types::ToJson(const Descriptor& type, std::string_view binary) const {
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      resolver_.get(), TypeUrl(type), std::string(binary), &json,
      google::protobuf::util::JsonPrintOptions());
  if (!status.ok()) return rpc::Internal("the service's answer has no JSON form");
  return json;
}

absl::Status CheckBinary(const Descriptor& type, std::string_view binary) {
  const auto fault = WireCheck(binary).Check(type, 0);
  return fault.has_value() ? rpc::Invalid({*fault}) : absl::OkStatus();
}

}  // namespace pitlane::gateway
