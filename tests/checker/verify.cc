#include "tests/checker/verify.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "tests/checker/client_rules.h"
#include "tests/checker/fact_rules.h"
#include "tests/checker/log_rules.h"
#include "tests/checker/money_rules.h"
#include "tests/checker/stock_rules.h"
#include "tests/checker/ticket_rules.h"
#include "tests/checker/topic_rules.h"
#include "tests/checker/visit_rules.h"

namespace pitlane::checker {
namespace {

using google::protobuf::Message;

template <class Event, class Rules>
void Hand(const Place& place, const Message& event, Rules& rules) {
  if (event.GetDescriptor() == Event::descriptor()) {
    rules.On(place, static_cast<const Event&>(event));
  }
}

class Verifier {
 public:
  Verifier(const History& history, const Expectations& expectations)
      : history_(history), expectations_(expectations), progress_(expectations.settled) {}

  absl::StatusOr<Report> Run() {
    for (const auto& store : history_.stores) {
      logs_.push_back(std::make_unique<StoreLog>(*store, report_, causes_));
      RETURN_IF_ERROR(logs_.back()->Check(
          [this](const Place& place, const Message& event) { Take(place, event); }));
    }
    for (const auto& log : logs_) RETURN_IF_ERROR(CheckCursorsOf(*log));
    CheckCauses();
    CheckQuiet();
    tickets_.End();
    stock_.End(tickets_, progress_);
    money_.End(tickets_, progress_, history_.provider);
    visits_.End(tickets_, progress_);
    facts_.End(tickets_, stock_, money_, progress_);
    for (const auto& topic : history_.topics) {
      RETURN_IF_ERROR(CheckTopic(*topic, logs_, expectations_, report_));
    }
    if (history_.clients) {
      CheckClients(*history_.clients, expectations_.unrecorded_requests, logs_, report_);
      CheckVersions(*history_.clients, report_);
    }
    return std::move(report_);
  }

 private:
  void Take(const Place& place, const Message& event) {
    Hand<ticket::v1::TicketEvent>(place, event, tickets_);
    Hand<inventory::v1::InventoryEvent>(place, event, stock_);
    Hand<payment::v1::PaymentEvent>(place, event, money_);
    Hand<terminal_gateway::v1::TerminalGatewayEvent>(place, event, money_);
    Hand<customer_vehicle::v1::CustomerVehicleEvent>(place, event, visits_);
    Hand<reporting::v1::ReportingEvent>(place, event, facts_);
  }

  absl::Status CheckCursorsOf(StoreLog& log) { return log.CheckCursors(logs_, progress_); }

  // Every effect has a cause that is known.
  void CheckCauses() {
    for (const Causes::Open& open : causes_.causations) {
      report_.Expect("causation", causes_.events.contains(open.id), [&] {
        return Fault{open.place.text(), "", "the event that is said to have caused it is nowhere"};
      });
    }
    for (const auto& [correlation, place] : causes_.followers) {
      report_.Expect("correlation", causes_.correlations.contains(correlation),
                     [&, &correlation = correlation, &place = place] {
                       return Fault{place.text(), correlation,
                                    "the command that is said to have begun it is nowhere"};
                     });
    }
  }

  // Nothing is parked, and no call is open, when everything has happened.
  void CheckQuiet() {
    if (!expectations_.settled) return;
    for (const char* what : {"runtime/parked", "runtime/effects"}) {
      const auto found = report_.figures().find(what);
      const uint64_t rows = found == report_.figures().end() ? 0 : found->second;
      report_.Expect("settled", rows == 0, [&] {
        return Fault{what, "", absl::StrCat(rows, " rows are left")};
      });
    }
  }

  const History& history_;
  const Expectations& expectations_;
  Report report_;
  Causes causes_;
  Progress progress_;
  std::vector<std::unique_ptr<StoreLog>> logs_;
  TicketRules tickets_{report_};
  StockRules stock_{report_};
  MoneyRules money_{report_};
  VisitRules visits_{report_};
  FactRules facts_{report_};
};

}  // namespace

absl::StatusOr<Report> Verify(const History& history, const Expectations& expectations) {
  return Verifier(history, expectations).Run();
}

}  // namespace pitlane::checker
