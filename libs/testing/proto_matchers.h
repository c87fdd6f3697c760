// Matchers for protobuf messages. Header-only; for tests.
//
//   EXPECT_THAT(event, EqualsProto(expected));
//   EXPECT_THAT(event, EqualsProto(R"pb(opened { number: 7 })pb"));
//   EXPECT_THAT(events, ElementsAre(EventIs(R"pb(opened { number: 7 })pb")));   // ignores `meta`
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace pitlane::testing {

namespace internal {

// Compares with a message given as such or as text; the type of a text is that of the actual.
class ProtoMatcher {
 public:
  using is_gtest_matcher = void;

  ProtoMatcher(std::string text, bool ignore_meta)
      : text_(std::move(text)), ignore_meta_(ignore_meta) {}
  ProtoMatcher(const google::protobuf::Message& expected, bool ignore_meta)
      : expected_(Clone(expected)), text_(expected.ShortDebugString()), ignore_meta_(ignore_meta) {}

  bool MatchAndExplain(const google::protobuf::Message& actual, std::ostream* os) const {
    std::shared_ptr<google::protobuf::Message> expected = expected_;
    if (expected == nullptr) {
      expected.reset(actual.New());
      if (!google::protobuf::TextFormat::ParseFromString(text_, expected.get())) {
        if (os != nullptr) *os << "the expected text is no " << actual.GetTypeName();
        return false;
      }
    }
    if (expected->GetDescriptor() != actual.GetDescriptor()) {
      if (os != nullptr) *os << "is a " << actual.GetTypeName();
      return false;
    }
    google::protobuf::util::MessageDifferencer differencer;
    const google::protobuf::FieldDescriptor* meta = actual.GetDescriptor()->FindFieldByName("meta");
    if (ignore_meta_ && meta != nullptr) differencer.IgnoreField(meta);
    std::string differences;
    differencer.ReportDifferencesToString(&differences);
    const bool equal = differencer.Compare(*expected, actual);
    if (!equal && os != nullptr) *os << "differs: " << differences;
    return equal;
  }
  void DescribeTo(std::ostream* os) const { *os << "equals " << text_; }
  void DescribeNegationTo(std::ostream* os) const { *os << "differs from " << text_; }

 private:
  static std::shared_ptr<google::protobuf::Message> Clone(const google::protobuf::Message& from) {
    std::shared_ptr<google::protobuf::Message> copy(from.New());
    copy->CopyFrom(from);
    return copy;
  }

  std::shared_ptr<google::protobuf::Message> expected_;  // matchers are copied
  std::string text_;
  bool ignore_meta_;
};

}  // namespace internal

inline internal::ProtoMatcher EqualsProto(const google::protobuf::Message& expected) {
  return {expected, false};
}
inline internal::ProtoMatcher EqualsProto(std::string_view text) {
  return {std::string(text), false};
}
// An area's event message, whatever its meta.
inline internal::ProtoMatcher EventIs(const google::protobuf::Message& expected) {
  return {expected, true};
}
inline internal::ProtoMatcher EventIs(std::string_view text) { return {std::string(text), true}; }

}  // namespace pitlane::testing
