#include "services/ticket/api/shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/base/card_number.h"

namespace pitlane::ticket {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// 0001-01-01 to 9999-12-31, what google.protobuf.Timestamp allows.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;

bool IsDate(const std::string& date) {
  absl::CivilDay day;
  return date.size() == 10 && absl::ParseCivilTime(date, &day) &&
         absl::FormatCivilTime(day) == date;
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
}

}  // namespace

void Shape::Text(std::string_view field, const std::string& text, size_t max_bytes) {
  if (text.size() > max_bytes) {
    Wrong(field, absl::StrCat("has ", text.size(), " bytes; at most ", max_bytes));
  }
  if (std::any_of(text.begin(), text.end(), IsControl)) {
    Wrong(field, "has a control character; send plain text");
  }
}

void Shape::RequiredText(std::string_view field, const std::string& text, size_t max_bytes) {
  if (text.empty()) Wrong(field, "is empty");
  Text(field, text, max_bytes);
}

void Shape::Range(std::string_view field, int64_t value, int64_t low, int64_t high) {
  if (value < low || value > high) {
    Wrong(field, absl::StrCat("is ", value, "; must be ", low, " to ", high));
  }
}

void Shape::OptionalDate(std::string_view field, const std::string& date) {
  if (!date.empty() && !IsDate(date)) Wrong(field, "must be a day as YYYY-MM-DD, or empty");
}

void Shape::Time(std::string_view field, const google::protobuf::Timestamp& time) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    Wrong(field, "is no time between the years 1 and 9999");
  }
}

void Shape::Value(std::string_view field, int value, const google::protobuf::EnumDescriptor& type) {
  if (value == 0) return Wrong(field, absl::StrCat("is missing; one of ", type.name()));
  OptionalValue(field, value, type);
}

void Shape::OptionalValue(std::string_view field, int value,
                          const google::protobuf::EnumDescriptor& type) {
  if (type.FindValueByNumber(value) == nullptr) {
    Wrong(field, absl::StrCat(value, " is no ", type.name()));
  }
}

void Shape::NoCardNumbers(const Message& request) { NoCardNumbersIn("", request); }

void Shape::NoCardNumbersIn(const std::string& path, const Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = path + field->name();
    const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    if (!text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (name == "request_id") continue;
    if (!field->is_repeated()) {
      if (text) {
        NoCardNumberIn(name, reflection->GetString(message, field));
      } else {
        NoCardNumbersIn(name + ".", reflection->GetMessage(message, field));
      }
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const std::string element = absl::StrCat(name, "[", i, "]");
      if (text) {
        NoCardNumberIn(element, reflection->GetRepeatedString(message, field, i));
      } else {
        NoCardNumbersIn(element + ".", reflection->GetRepeatedMessage(message, field, i));
      }
    }
  }
}

void Shape::NoCardNumberIn(const std::string& path, const std::string& text) {
  if (!SlotOfId(text).ok() && LooksLikeCardNumber(text)) {
    Wrong(path, "looks like a card number, which is never stored; take it out");
  }
}

void Shape::SameSlot(std::string_view field, const std::string& id, const std::string& with) {
  const auto slot = SlotOfId(id);
  const auto expected = SlotOfId(with);
  if (slot.ok() && expected.ok() && *slot != *expected) {
    Wrong(field, absl::StrCat("has slot ", *slot, "; the location's is ", *expected));
  }
}

void Shape::Wrong(std::string_view field, std::string_view problem) {
  violations_.push_back({std::string(field), std::string(problem)});
}

absl::Status Shape::status() const {
  return violations_.empty() ? absl::OkStatus() : rpc::Invalid(violations_);
}

}  // namespace pitlane::ticket
