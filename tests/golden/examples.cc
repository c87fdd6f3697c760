#include "tests/golden/examples.h"

#include "services/customer_vehicle/domain/event_examples.h"
#include "services/inventory/domain/event_examples.h"
#include "services/payment/domain/event_examples.h"
#include "services/reporting/domain/event_examples.h"
#include "services/terminal_gateway/domain/event_examples.h"
#include "services/ticket/domain/event_examples.h"

namespace pitlane::golden {
namespace {

template <class Event>
AreaExamples Of(const char* area, const std::vector<Event>& events) {
  AreaExamples examples;
  examples.area = area;
  for (const Event& event : events) examples.events.push_back(std::make_unique<Event>(event));
  return examples;
}

template <class Event>
void Add(const std::vector<Event>& later, AreaExamples& examples) {
  for (const Event& event : later) examples.events.push_back(std::make_unique<Event>(event));
}

}  // namespace

std::vector<AreaExamples> AllExamples() {
  std::vector<AreaExamples> all;
  all.push_back(Of("ticket", ticket::EventExamples()));
  Add(ticket::LaterEventExamples(), all.back());
  all.push_back(Of("inventory", inventory::EventExamples()));
  all.push_back(Of("customer_vehicle", customer_vehicle::EventExamples()));
  Add(customer_vehicle::LaterEventExamples(), all.back());
  all.push_back(Of("payment", payment::EventExamples()));
  Add(payment::LaterEventExamples(), all.back());
  all.push_back(Of("terminal_gateway", terminal_gateway::EventExamples()));
  all.push_back(Of("reporting", reporting::EventExamples()));
  return all;
}

}  // namespace pitlane::golden
