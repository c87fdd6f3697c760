// Gathers what is wrong with a request, field by field, into one answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "libs/base/ids.h"
#include "libs/rpc/errors.h"

namespace pitlane::ticket {

// Lives within one check; not thread-safe.
class Shape {
 public:
  // Well-formed and there.
  template <class IdType>
  void Id(std::string_view field, const std::string& id) {
    const auto parsed = IdType::Parse(id);
    if (!parsed.ok()) Wrong(field, std::string(parsed.status().message()));
  }
  template <class IdType>
  void OptionalId(std::string_view field, const std::string& id) {
    if (!id.empty()) Id<IdType>(field, id);
  }
  // An id that a device made for something new: empty, or well-formed and of the same slot as
  // `with`.
  template <class IdType>
  void NewId(std::string_view field, const std::string& id, const std::string& with) {
    if (id.empty()) return;
    Id<IdType>(field, id);
    SameSlot(field, id, with);
  }

  // At most `max_bytes` of text without control characters other than line ends and tabs.
  void Text(std::string_view field, const std::string& text, size_t max_bytes);
  // As Text, and not empty.
  void RequiredText(std::string_view field, const std::string& text, size_t max_bytes);
  void Range(std::string_view field, int64_t value, int64_t low, int64_t high);
  // YYYY-MM-DD, a day there is; or empty.
  void OptionalDate(std::string_view field, const std::string& date);
  // Within what a clock can show.
  void Time(std::string_view field, const google::protobuf::Timestamp& time);
  // One of the enum's values other than 0.
  void Value(std::string_view field, int value, const google::protobuf::EnumDescriptor& type);
  // As Value, or 0.
  void OptionalValue(std::string_view field, int value,
                     const google::protobuf::EnumDescriptor& type);
  void Require(std::string_view field, bool right, std::string_view problem) {
    if (!right) Wrong(field, problem);
  }
  // No text of the request, however deep, looks like a card number (design: they never enter). Ids
  // and request ids are made by machines and are not looked at.
  void NoCardNumbers(const google::protobuf::Message& request);

  void Wrong(std::string_view field, std::string_view problem);
  // OK, or INVALID_ARGUMENT with everything found.
  absl::Status status() const;

 private:
  void SameSlot(std::string_view field, const std::string& id, const std::string& with);
  void NoCardNumbersIn(const std::string& path, const google::protobuf::Message& message);
  void NoCardNumberIn(const std::string& path, const std::string& text);

  std::vector<rpc::FieldViolation> violations_;
};

}  // namespace pitlane::ticket
