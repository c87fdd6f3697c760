// One filled example of each event of the area, every field set, always the same: what the golden
// bytes and docs/events.md are made from. CHECKs that its own text parses.
#pragma once

#include <vector>

#include "pitlane/payment/v1/events.pb.h"

namespace pitlane::payment {

// In the order of the oneof, each once.
std::vector<v1::PaymentEvent> EventExamples();
// Fields that came later, in events that have them.
std::vector<v1::PaymentEvent> LaterEventExamples();

}  // namespace pitlane::payment
