// What a simulated reader does, as a function of what is committed: asked twice, before or after a
// crash, it says the same. Pure functions; safe from any thread.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "pitlane/terminal_gateway/v1/state.pb.h"
#include "pitlane/terminal_gateway/v1/types.pb.h"
#include "services/terminal_gateway/domain/device_answer.h"

namespace pitlane::terminal_gateway {

// The outcome that a charge of this amount asks for; README.md has the table. Everything outside
// 400 001 … 400 099 minor units is approved.
v1::SimulatedOutcome OutcomeByAmount(int64_t amount_minor);

// How long a customer is waited for who was told to wait for a cancel, unless a script says.
inline constexpr absl::Duration kWaitForCancel = absl::Minutes(1);
// How long a lost answer stays lost: whoever asks earlier hears nothing.
inline constexpr absl::Duration kAnswerLostFor = absl::Seconds(1);

// What the device says at `now` about an action that was handed to it when it started.
DeviceAnswer SimulatedAnswer(const v1::ActionRecord& action, absl::Time now);

}  // namespace pitlane::terminal_gateway
