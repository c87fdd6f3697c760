// Given / when / then for aggregates. Header-only; pure, no store, no threads.
//
//   Given<CounterAggregate>({Opened("a"), Increased(3)})
//       .When([&](const CounterState& state) { return Decide(state, Increase{4}, context); })
//       .ThenEvents(ElementsAre(EventIs("increased { by: 4 }")))
//       .ThenState(EqualsProto("total: 7"));
//
//   Given<CounterAggregate>()
//       .When([&](const CounterState& state) { return Decide(state, Increase{4}, context); })
//       .ThenRefused(testing::v1::COUNTER_NOT_OPEN);
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rpc/errors.h"
#include "libs/testing/proto_matchers.h"

namespace pitlane::testing {

// What a decision came to. Each Then reports a failure at the line that calls it.
template <class A>
class Outcome {
 public:
  using State = typename A::State;
  using Event = typename A::Event;

  Outcome(State state, absl::StatusOr<std::vector<Event>> result)
      : state_(std::move(state)), result_(std::move(result)) {
    if (!result_.ok()) return;
    for (const Event& event : *result_) A::Apply(state_, event);
  }

  // The events match, e.g. ElementsAre(EventIs(…)); an empty list is IsEmpty().
  template <class Matcher>
  Outcome& ThenEvents(const Matcher& matcher,
                      std::source_location where = std::source_location::current()) {
    if (!result_.ok()) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "was refused: " << result_.status();
      return *this;
    }
    return Check("events", matcher, *result_, where);
  }

  // Refused with this reason (a value of an ErrorReason or CommonReason enum), and nothing else.
  template <rpc::ProtoEnum Reason>
  Outcome& ThenRefused(Reason reason,
                       std::source_location where = std::source_location::current()) {
    return ThenRefusedAs(rpc::ReasonName(google::protobuf::GetEnumDescriptor<Reason>(), reason),
                         where);
  }

  // Refused with this code and reason.
  template <rpc::ProtoEnum Reason>
  Outcome& ThenRefused(absl::StatusCode code, Reason reason,
                       std::source_location where = std::source_location::current()) {
    ThenRefused(reason, where);
    if (!result_.ok()) Check("code", ::testing::Eq(code), result_.status().code(), where);
    return *this;
  }

  // The state after the events.
  template <class Matcher>
  Outcome& ThenState(const Matcher& matcher,
                     std::source_location where = std::source_location::current()) {
    return Check("state", matcher, state_, where);
  }

  const State& state() const { return state_; }
  const absl::StatusOr<std::vector<Event>>& result() const { return result_; }

 private:
  template <class Matcher, class Value>
  Outcome& Check(const char* what, const Matcher& matcher, const Value& value,
                 std::source_location where) {
    const auto typed = ::testing::SafeMatcherCast<const Value&>(matcher);
    ::testing::StringMatchResultListener listener;
    if (!typed.MatchAndExplain(value, &listener)) {
      std::ostringstream expected;
      typed.DescribeTo(&expected);
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << what << "\nexpected: " << expected.str()
          << "\n  actual: " << ::testing::PrintToString(value) << "\n"
          << listener.str();
    }
    return *this;
  }

  Outcome& ThenRefusedAs(const std::string& reason, std::source_location where) {
    if (result_.ok()) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "was not refused with " << reason << " but gave "
          << ::testing::PrintToString(*result_);
      return *this;
    }
    return Check("reason", ::testing::Eq(reason), rpc::ErrorReason(result_.status()), where);
  }

  State state_;
  absl::StatusOr<std::vector<Event>> result_;
};

template <class A>
class Given {
 public:
  using State = typename A::State;
  using Event = typename A::Event;

  explicit Given(const std::vector<Event>& events = {}) {
    for (const Event& event : events) A::Apply(state_, event);
  }

  // `decide` is (const State&) -> StatusOr<std::vector<Event>>. When may be called several times;
  // each starts from the given events.
  template <class DecideFn>
  Outcome<A> When(DecideFn decide) const {
    return Outcome<A>(state_, decide(state_));
  }

  const State& state() const { return state_; }

 private:
  State state_;
};

}  // namespace pitlane::testing
