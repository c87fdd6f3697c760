// GoogleTest matchers for absl::Status and absl::StatusOr, shaped like the ones in newer Abseil.
// Header-only; for tests, which link GTest::gmock themselves.
//
//   EXPECT_THAT(store.Open(), IsOk());
//   EXPECT_THAT(Parse("12"), IsOkAndHolds(12));
//   EXPECT_THAT(Parse("x"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("index 0")));
//   ASSERT_OK_AND_ASSIGN(const int n, Parse("12"));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/status.h"

namespace pitlane {
namespace internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

template <typename T>
class IsOkMatcher final : public ::testing::MatcherInterface<T> {
 public:
  void DescribeTo(std::ostream* os) const override { *os << "is OK"; }
  void DescribeNegationTo(std::ostream* os) const override { *os << "is not OK"; }
  bool MatchAndExplain(T actual, ::testing::MatchResultListener* listener) const override {
    const absl::Status& status = StatusOf(actual);
    if (!status.ok()) *listener << "which is " << status;
    return status.ok();
  }
};

class IsOkFactory {
 public:
  template <typename T>
  operator ::testing::Matcher<T>() const {  // NOLINT: matchers convert implicitly
    return ::testing::Matcher<T>(new IsOkMatcher<const T&>);
  }
};

template <typename T>
class StatusIsMatcher final : public ::testing::MatcherInterface<T> {
 public:
  StatusIsMatcher(::testing::Matcher<absl::StatusCode> code,
                  ::testing::Matcher<const std::string&> message)
      : code_(std::move(code)), message_(std::move(message)) {}

  void DescribeTo(std::ostream* os) const override {
    *os << "has a status code that ";
    code_.DescribeTo(os);
    *os << " and a message that ";
    message_.DescribeTo(os);
  }
  void DescribeNegationTo(std::ostream* os) const override {
    *os << "has a status code or a message other than: ";
    DescribeTo(os);
  }
  bool MatchAndExplain(T actual, ::testing::MatchResultListener* listener) const override {
    const absl::Status& status = StatusOf(actual);
    *listener << "which is " << status;
    return code_.Matches(status.code()) && message_.Matches(std::string(status.message()));
  }

 private:
  ::testing::Matcher<absl::StatusCode> code_;
  ::testing::Matcher<const std::string&> message_;
};

class StatusIsFactory {
 public:
  StatusIsFactory(::testing::Matcher<absl::StatusCode> code,
                  ::testing::Matcher<const std::string&> message)
      : code_(std::move(code)), message_(std::move(message)) {}

  template <typename T>
  operator ::testing::Matcher<T>() const {  // NOLINT: matchers convert implicitly
    return ::testing::Matcher<T>(new StatusIsMatcher<const T&>(code_, message_));
  }

 private:
  ::testing::Matcher<absl::StatusCode> code_;
  ::testing::Matcher<const std::string&> message_;
};

template <typename StatusOrT>
class IsOkAndHoldsMatcher final : public ::testing::MatcherInterface<StatusOrT> {
 public:
  using Value = typename std::remove_cvref_t<StatusOrT>::value_type;

  template <typename Inner>
  explicit IsOkAndHoldsMatcher(const Inner& inner)
      : inner_(::testing::SafeMatcherCast<const Value&>(inner)) {}

  void DescribeTo(std::ostream* os) const override {
    *os << "is OK and holds a value that ";
    inner_.DescribeTo(os);
  }
  void DescribeNegationTo(std::ostream* os) const override {
    *os << "is not OK or holds a value that ";
    inner_.DescribeNegationTo(os);
  }
  bool MatchAndExplain(StatusOrT actual, ::testing::MatchResultListener* listener) const override {
    if (!actual.ok()) {
      *listener << "which is " << actual.status();
      return false;
    }
    *listener << "which holds " << ::testing::PrintToString(*actual) << " ";
    return inner_.MatchAndExplain(*actual, listener);
  }

 private:
  ::testing::Matcher<const Value&> inner_;
};

template <typename Inner>
class IsOkAndHoldsFactory {
 public:
  explicit IsOkAndHoldsFactory(Inner inner) : inner_(std::move(inner)) {}

  template <typename T>
  operator ::testing::Matcher<T>() const {  // NOLINT: matchers convert implicitly
    return ::testing::Matcher<T>(new IsOkAndHoldsMatcher<const T&>(inner_));
  }

 private:
  Inner inner_;
};

}  // namespace internal

// A Status or StatusOr that is OK.
inline internal::IsOkFactory IsOk() { return {}; }

// A StatusOr that is OK and whose value equals or matches `inner`.
template <typename Inner>
internal::IsOkAndHoldsFactory<std::decay_t<Inner>> IsOkAndHolds(Inner&& inner) {
  return internal::IsOkAndHoldsFactory<std::decay_t<Inner>>(std::forward<Inner>(inner));
}

// A Status or StatusOr with this code, and a message that matches.
template <typename Code>
internal::StatusIsFactory StatusIs(Code&& code) {
  return {::testing::MatcherCast<absl::StatusCode>(std::forward<Code>(code)), ::testing::_};
}
template <typename Code, typename Message>
internal::StatusIsFactory StatusIs(Code&& code, Message&& message) {
  return {::testing::MatcherCast<absl::StatusCode>(std::forward<Code>(code)),
          ::testing::MatcherCast<const std::string&>(std::forward<Message>(message))};
}

}  // namespace pitlane

// Ends the test unless `expr` (a StatusOr) is OK; otherwise moves its value into `lhs`.
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  PITLANE_ASSERT_OK_AND_ASSIGN_(PITLANE_STATUS_CONCAT_(status_or_, __LINE__), lhs, expr)

#define PITLANE_ASSERT_OK_AND_ASSIGN_(statusor, lhs, expr) \
  auto statusor = (expr);                                  \
  ASSERT_THAT(statusor, ::pitlane::IsOk());                \
  lhs = std::move(statusor).value()
