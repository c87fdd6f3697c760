#include "tests/simulation/checker.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"
#include "libs/runtime/aggregate.h"
#include "libs/runtime/parking.h"
#include "libs/stream/names.h"
#include "services/customer_vehicle/domain/customer.h"
#include "services/customer_vehicle/domain/vehicle.h"
#include "services/customer_vehicle/domain/visit.h"
#include "services/inventory/domain/part.h"
#include "services/inventory/domain/purchase_order.h"
#include "services/inventory/domain/stock_item.h"
#include "services/inventory/domain/supplier.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/receivable.h"
#include "services/reporting/domain/ticket_facts.h"
#include "services/terminal_gateway/domain/reader.h"
#include "services/ticket/domain/known_customer.h"
#include "services/ticket/domain/known_vehicle.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/menu.h"
#include "services/ticket/domain/number_series.h"
#include "services/ticket/domain/part_price.h"
#include "services/ticket/domain/tax_certificates.h"
#include "services/ticket/domain/tax_jurisdiction.h"
#include "services/ticket/domain/ticket.h"
#include "tests/simulation/history.h"
#include "tests/simulation/nuisance.h"

namespace pitlane::simulation {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;

class Checker {
 public:
  Checker(World& world, Installation& installation, const Acknowledgements& acknowledged)
      : world_(world), installation_(installation), acknowledged_(acknowledged) {}

  void Run() {
    if (!Load()) return;
    CountEvents();
    CountPaymentEdges();
    // The first that fails says most; what comes after it is mostly its consequence.
    for (void (Checker::*check)() :
         {&Checker::CheckAcknowledged, &Checker::CheckCauses, &Checker::CheckParked,
          &Checker::CheckTopics, &Checker::CheckMoney, &Checker::CheckCards, &Checker::CheckStock,
          &Checker::CheckVisits, &Checker::CheckReports, &Checker::CheckNumbers,
          &Checker::CheckAggregates, &Checker::CheckViews}) {
      if (!world_.failure().empty()) return;
      (this->*check)();
    }
  }

 private:
  void Expect(bool holds, const std::string& what) {
    if (!holds) world_.Fail(what);
  }

  bool Load() {
    for (const auto& [area, service] : installation_.services()) {
      const auto verified = service->journal().Verify();
      if (!verified.ok() || verified->fault.has_value()) {
        world_.Fail(
            absl::StrCat(area, " is not sound: ",
                         verified.ok() ? verified->fault->what : verified.status().ToString()));
        return false;
      }
      auto history = ReadHistory(service->journal(), *service->definition().event_prototype);
      if (!history.ok()) {
        world_.Fail(absl::StrCat(area, ": ", history.status().ToString()));
        return false;
      }
      histories_[area] = *std::move(history);
    }
    return true;
  }

  // Every fact of a type, in order.
  template <class Inner>
  std::vector<std::pair<const Fact*, const Inner*>> All(const std::string& area) const {
    std::vector<std::pair<const Fact*, const Inner*>> all;
    for (const Fact& fact : histories_.at(area)) {
      if (const Inner* inner = fact.As<Inner>()) all.emplace_back(&fact, inner);
    }
    return all;
  }

  // --- exactly once ---

  // The events of one command are one commit's: next to each other. Two groups are two effects.
  void CheckAcknowledged() {
    struct Group {
      uint64_t first = 0, last = 0;
    };
    for (const auto& [area, history] : histories_) {
      std::map<std::string, Group> groups;
      for (const Fact& fact : history) {
        const std::string& id = fact.meta.request_id();
        if (id.empty()) continue;
        Group& group = groups[id];
        Expect(group.last == 0 || fact.record.position == group.last + 1,
               absl::StrCat(area, ": request ", id, " took effect twice, at ", group.last, " and ",
                            fact.record.position));
        if (group.first == 0) group.first = fact.record.position;
        group.last = fact.record.position;
      }
      for (const auto& [id, ack] : acknowledged_) {
        if (ack.area != area) continue;
        const auto group = groups.find(id);
        if (ack.positions.empty()) {
          Expect(group == groups.end(),
                 absl::StrCat(area, ": ", id, " was answered as if nothing had happened"));
          continue;
        }
        uint64_t last = 0;
        for (const auto& [partition, position] : ack.positions.entries()) {
          last = std::max(last, position);
        }
        Expect(group != groups.end() && group->second.last == last,
               absl::StrCat(area, ": ", ack.method, " ", id, " was acknowledged up to ", last,
                            group == groups.end()
                                ? ", and is not there"
                                : absl::StrCat(", and is there up to ", group->second.last)));
      }
    }
  }

  // What a fact of another service caused was caused in one unit. What came later by an effect
  // names the same cause, and is another unit.
  void CheckCauses() {
    static const std::set<std::string> kByEffects = {
        "PurchaseOrderSent", "PurchaseOrderConfirmed", "PurchaseOrderFailed",
        "StockReceived",     "PurchaseOrderReceived",  "PurchaseOrderClosed",
        "CostTruedUp",       "OrderedStockReduced",    "PurchaseOrderRaised",
        "StockOrdered"};
    for (const auto& [area, history] : histories_) {
      std::map<std::string, uint64_t> last;
      std::map<std::string, uint64_t> positions;
      for (const Fact& fact : history) {
        const std::string& cause = fact.meta.causation_id();
        if (cause.empty()) continue;
        if (kByEffects.contains(fact.inner->GetDescriptor()->name())) {
          if (last.contains(cause) && last[cause] + 1 == fact.record.position) {
            last[cause] = fact.record.position;
          }
          continue;
        }
        if (last.contains(cause)) {
          Expect(last[cause] + 1 == fact.record.position,
                 absl::StrCat(area, ": ", cause, " took effect twice, at ", last[cause], " and ",
                              fact.record.position, " (", fact.meta.type(), ")"));
        }
        last[cause] = fact.record.position;
      }
    }
  }

  void CheckParked() {
    for (const auto& [area, service] : installation_.services()) {
      const auto parked = runtime::ListParked(service->journal(), "", 1, std::nullopt);
      if (!parked.ok() || parked->records.empty()) continue;
      world_.Fail(absl::StrCat(area, " has parked ", parked->records[0].event_type(), " of ",
                               parked->records[0].stream_id(), ": ", parked->records[0].reason()));
    }
  }

  // A topic is the log, however often and in whatever order its records came.
  void CheckTopics() {
    if (installation_.plan().one_process) return;
    const uint32_t partitions = installation_.plan().partitions;
    for (const auto& [area, history] : histories_) {
      std::vector<std::map<uint64_t, const Broker::Message*>> found(partitions);
      const auto& topic = installation_.broker().Topic(area);
      for (uint32_t i = 0; i < partitions; ++i) {
        for (const Broker::Message& message : topic[i]) {
          const auto [at, added] = found[i].emplace(message.position, &message);
          Expect(added || *at->second->payload == *message.payload,
                 absl::StrCat("the topic of ", area, " has two events at ", message.position));
        }
      }
      size_t messages = 0;
      for (const auto& partition : found) messages += partition.size();
      Expect(messages == history.size(), absl::StrCat("the topic of ", area, " has ", messages,
                                                      " of ", history.size(), " events"));
      for (const Fact& fact : history) {
        const auto& partition = found[stream::PartitionOfSlot(fact.meta.slot(), partitions)];
        const auto at = partition.find(fact.record.position);
        Expect(at != partition.end() && *at->second->payload == fact.record.payload,
               absl::StrCat("the topic of ", area, " lacks ", fact.record.position));
      }
    }
  }

  // --- money ---

  void CheckMoney() {
    struct Sums {
      int64_t applied = 0, refunded = 0, received = 0, returned = 0;
    };
    std::map<std::string, Sums> sums;
    for (const auto& [fact, captured] : All<pay::PaymentCaptured>("payment")) {
      sums[captured->ticket_id()].applied += captured->applied_minor();
    }
    for (const auto& [fact, refunded] : All<pay::PaymentRefunded>("payment")) {
      sums[refunded->ticket_id()].refunded += refunded->refunded_minor();
    }
    for (const auto& [fact, received] : All<tkt::MoneyReceived>("ticket")) {
      sums[fact->meta.stream_id()].received += received->applied_minor();
    }
    for (const auto& [fact, returned] : All<tkt::MoneyReturned>("ticket")) {
      sums[fact->meta.stream_id()].returned += returned->refunded_minor();
    }
    for (const auto& [ticket, sum] : sums) {
      Expect(sum.applied == sum.received && sum.refunded == sum.returned,
             absl::StrCat(ticket, ": payment took ", sum.applied, " and gave back ", sum.refunded,
                          ", the ticket knows of ", sum.received, " and ", sum.returned));
    }
    std::map<std::string, int> invoices, receivables;
    for (const auto& [fact, invoiced] : All<tkt::TicketInvoiced>("ticket")) {
      ++invoices[fact->meta.stream_id()];
    }
    for (const auto& [fact, created] : All<pay::ReceivableCreated>("payment")) {
      ++receivables[created->receivable().ticket_id()];
    }
    Expect(invoices == receivables, "the invoices and the receivables are not of the same tickets");
    for (const auto& [fact, closed] : All<tkt::TicketClosed>("ticket")) {
      const std::string& ticket = fact->meta.stream_id();
      Expect(closed_.emplace(ticket, &closed->ticket()).second,
             absl::StrCat(ticket, " was closed twice"));
      Expect(sums[ticket].applied >= closed->ticket().totals().total_minor(),
             absl::StrCat(ticket, " was closed with ", sums[ticket].applied, " paid of ",
                          closed->ticket().totals().total_minor()));
    }
  }

  // Payment's events, the gateway's, and the provider's own log say the same of every action.
  void CheckCards() {
    std::map<std::string, int64_t> captured, succeeded;
    for (const auto& [fact, one] : All<pay::PaymentCaptured>("payment")) {
      if (one->tender() != pay::TENDER_CARD_PRESENT) continue;
      Expect(captured.emplace(one->attempt_id(), one->captured_minor()).second,
             absl::StrCat("attempt ", one->attempt_id(), " was captured twice"));
    }
    for (const auto& [fact, one] : All<pay::PaymentRefunded>("payment")) {
      if (one->tender() != pay::TENDER_CARD_PRESENT) continue;
      Expect(captured.emplace(one->refund_id(), one->returned_minor()).second,
             absl::StrCat("refund ", one->refund_id(), " was made twice"));
    }
    for (const auto& [fact, one] : All<tgw::ActionSucceeded>("terminal_gateway")) {
      if (one->currency() == kForeign) continue;
      Expect(succeeded.emplace(one->action_id(), one->approved_minor()).second,
             absl::StrCat("action ", one->action_id(), " succeeded twice"));
    }
    const std::map<std::string, int64_t> moved = installation_.readers().Moved();
    Compare("the provider's log and the gateway's events", moved, succeeded);
    Compare("the gateway's events and payment's", succeeded, captured);
    std::map<std::string, int> attempts;
    for (const auto& [fact, one] : All<pay::AttemptStarted>("payment")) {
      Expect(++attempts[one->attempt_id()] == 1,
             absl::StrCat("attempt ", one->attempt_id(), " was started twice"));
    }
  }

  void Compare(const std::string& what, const std::map<std::string, int64_t>& a,
               const std::map<std::string, int64_t>& b) {
    for (const auto& [id, amount] : a) {
      const auto found = b.find(id);
      Expect(found != b.end() && found->second == amount,
             absl::StrCat(what, " differ over ", id, ": ", amount, " and ",
                          found == b.end() ? "nothing" : absl::StrCat(found->second)));
    }
    for (const auto& [id, amount] : b) {
      Expect(a.contains(id), absl::StrCat(what, " differ over ", id, ": nothing and ", amount));
    }
  }

  // --- stock ---

  static std::map<std::string, int64_t> SoldOf(const tkt::Ticket& ticket) {
    std::map<std::string, int64_t> sold;
    for (const tkt::Job& job : ticket.jobs()) {
      if (job.status() == tkt::JOB_STATUS_DECLINED || job.status() == tkt::JOB_STATUS_DEFERRED ||
          job.status() == tkt::JOB_STATUS_PROPOSED) {
        continue;
      }
      for (const tkt::Line& line : job.lines()) {
        if (line.kind() == tkt::LINE_KIND_PART) sold[line.line_id()] += line.quantity_milli();
      }
    }
    return sold;
  }

  void CheckStock() {
    struct Item {
      int64_t received = 0, adjusted = 0, issued = 0, reserved = 0;
      const inv::StockLevel* level = nullptr;
    };
    std::map<std::string, Item> items;
    std::map<std::string, std::map<std::string, int64_t>> issued;  // ticket, line
    std::map<std::pair<std::string, std::string>, int64_t> kept;   // ticket, line
    const auto item_of = [&](const Fact* fact, const inv::StockLevel& level) -> Item& {
      Item& item = items[fact->meta.stream_id()];
      item.level = &level;
      return item;
    };
    for (const Fact& fact : histories_.at("inventory")) {
      if (const auto* received = fact.As<inv::StockReceived>()) {
        item_of(&fact, received->level()).received += received->quantity_milli();
      } else if (const auto* adjusted = fact.As<inv::StockAdjusted>()) {
        item_of(&fact, adjusted->level()).adjusted += adjusted->change_milli();
      } else if (const auto* left = fact.As<inv::StockIssued>()) {
        item_of(&fact, left->level()).issued += left->quantity_milli();
        kept.erase({left->ticket_id(), left->line_id()});
        Expect(issued[left->ticket_id()].emplace(left->line_id(), left->quantity_milli()).second,
               absl::StrCat(left->ticket_id(), ": line ", left->line_id(), " was issued twice"));
      } else if (const auto* promised = fact.As<inv::StockReserved>()) {
        Item& item = item_of(&fact, promised->level());
        item.reserved += promised->quantity_milli();
        kept[{promised->ticket_id(), promised->line_id()}] += promised->quantity_milli();
        Expect(promised->level().available_milli() >= 0,
               absl::StrCat(promised->part_id(), " was promised beyond what is there"));
      } else if (const auto* released = fact.As<inv::ReservationReleased>()) {
        item_of(&fact, released->level()).reserved -= released->quantity_milli();
        kept[{released->ticket_id(), released->line_id()}] -= released->quantity_milli();
      }
    }
    for (const auto& [id, item] : items) {
      Expect(item.level->on_hand_milli() == item.received + item.adjusted - item.issued,
             absl::StrCat(id, " has ", item.level->on_hand_milli(), " on hand of ", item.received,
                          " received, ", item.adjusted, " adjusted and ", item.issued, " issued"));
    }
    for (const auto& [ticket_id, ticket] : closed_) {
      const auto found = issued.find(ticket_id);
      const auto sold = SoldOf(*ticket);
      Expect(found == issued.end() ? sold.empty() : found->second == sold,
             absl::StrCat(ticket_id, ": what was sold is not what left the shelf"));
    }
    for (const auto& [ticket_id, lines] : issued) {
      Expect(closed_.contains(ticket_id),
             absl::StrCat(ticket_id, " is not closed, and its parts have left the shelf"));
    }
    std::set<std::string> over;
    for (const auto& [id, ticket] : closed_) over.insert(id);
    for (const auto& [fact, voided] : All<tkt::TicketVoided>("ticket")) {
      over.insert(fact->meta.stream_id());
    }
    for (const auto& [line, milli] : kept) {
      Expect(milli >= 0 && (milli == 0 || !over.contains(line.first)),
             absl::StrCat(line.first, " is over and still keeps ", milli, " for ", line.second));
    }
  }

  // --- consequences ---

  void CheckVisits() {
    std::map<std::string, int> recorded, counted;
    for (const auto& [fact, one] : All<cv::ServiceRecorded>("customer_vehicle")) {
      ++recorded[one->entry().ticket_id()];
    }
    for (const auto& [fact, one] : All<cv::VisitCounted>("customer_vehicle")) {
      ++counted[one->ticket_id()];
    }
    for (const auto& [ticket_id, ticket] : closed_) {
      Expect(recorded[ticket_id] == (ticket->vehicle_id().empty() ? 0 : 1),
             absl::StrCat(ticket_id, " is ", recorded[ticket_id], " times in the history"));
      Expect(counted[ticket_id] == (ticket->customer_id().empty() ? 0 : 1),
             absl::StrCat(ticket_id, " was counted ", counted[ticket_id], " times"));
    }
    for (const auto& [ticket_id, times] : recorded) {
      Expect(times == 0 || closed_.contains(ticket_id),
             absl::StrCat(ticket_id, " is in the history and was never closed"));
    }
  }

  void CheckReports() {
    std::map<std::string, int64_t> sales;
    for (const auto& [fact, one] : All<rep::SaleRecorded>("reporting")) {
      Expect(sales.emplace(one->ticket_id(), one->totals().total_minor()).second,
             absl::StrCat(one->ticket_id(), " was reported twice"));
    }
    std::map<std::string, int64_t> totals;
    for (const auto& [id, ticket] : closed_) totals[id] = ticket->totals().total_minor();
    Compare("closed tickets and the reports", totals, sales);

    std::map<std::string, int64_t> tenders, captured, refunds, refunded, issues, issued;
    for (const auto& [fact, one] : All<rep::TenderRecorded>("reporting")) {
      tenders[one->payment_id()] += one->applied_minor();
    }
    for (const auto& [fact, one] : All<pay::PaymentCaptured>("payment")) {
      captured[one->payment_id()] += one->applied_minor();
    }
    Compare("payments and the reports", captured, tenders);
    for (const auto& [fact, one] : All<rep::RefundRecorded>("reporting")) {
      refunds[one->refund_id()] += one->refunded_minor();
    }
    for (const auto& [fact, one] : All<pay::PaymentRefunded>("payment")) {
      refunded[one->refund_id()] += one->refunded_minor();
    }
    Compare("refunds and the reports", refunded, refunds);
    for (const auto& [fact, one] : All<rep::PartsIssueRecorded>("reporting")) {
      issues[one->line_id()] += one->cost_e4();
    }
    for (const auto& [fact, one] : All<inv::StockIssued>("inventory")) {
      issued[one->line_id()] += one->cost_e4();
    }
    Compare("issued parts and the reports", issued, issues);
  }

  void CheckNumbers() {
    std::map<std::string, uint64_t> last;
    for (const auto& [fact, one] : All<tkt::NumberAssigned>("ticket")) {
      uint64_t& number = last[fact->meta.stream_id() + " " + one->series()];
      Expect(number == 0 || one->number() == number + 1,
             absl::StrCat("number ", one->number(), " of ", one->series(), " follows ", number));
      number = one->number();
    }
  }

  // --- replay ---

  template <class A>
  static const runtime::AggregateKind* Kind() {
    return &runtime::KindOf<A>();
  }

  // Which aggregate a stream is of, by its first event.
  static const runtime::AggregateKind* KindOfStream(const google::protobuf::Message& first) {
    static const auto* const kinds = new std::map<std::string, const runtime::AggregateKind*>{
        {"LocationConfigured", Kind<ticket::LocationAggregate>()},
        {"NumberAssigned", Kind<ticket::NumberSeriesAggregate>()},
        {"PriceListed", Kind<ticket::PartPriceAggregate>()},
        {"CustomerKnown", Kind<ticket::KnownCustomerAggregate>()},
        {"VehicleChangedHands", Kind<ticket::KnownVehicleAggregate>()},
        {"OperationDefined", Kind<ticket::OperationAggregate>()},
        {"LabourPricingSet", Kind<ticket::LabourPricingAggregate>()},
        {"PartPricingSet", Kind<ticket::PartPricingAggregate>()},
        {"CustomerTermsSet", Kind<ticket::CustomerTermsAggregate>()},
        {"KitDefined", Kind<ticket::KitAggregate>()},
        {"CannedJobDefined", Kind<ticket::CannedJobAggregate>()},
        {"FeeScheduleSet", Kind<ticket::FeeScheduleAggregate>()},
        {"LabourTimesImported", Kind<ticket::LabourTimesAggregate>()},
        {"LostSaleRecorded", Kind<ticket::LostSalesAggregate>()},
        {"TaxJurisdictionConfigured", Kind<ticket::TaxJurisdictionAggregate>()},
        {"ExemptionCertificateRecorded", Kind<ticket::ExemptionCertificatesAggregate>()},
        {"TicketOpened", Kind<ticket::TicketAggregate>()},
        {"SupplierRegistered", Kind<inventory::SupplierAggregate>()},
        {"PartImported", Kind<inventory::PartAggregate>()},
        {"PurchaseOrderRaised", Kind<inventory::PurchaseOrderAggregate>()},
        {"CustomerRegistered", Kind<customer_vehicle::CustomerAggregate>()},
        {"VehicleRegistered", Kind<customer_vehicle::VehicleAggregate>()},
        {"ServiceRecorded", Kind<customer_vehicle::ServiceVisitAggregate>()},
        {"VisitCounted", Kind<customer_vehicle::CountedVisitAggregate>()},
        {"ReceivableCreated", Kind<payment::ReceivableAggregate>()},
        {"PaymentCreated", Kind<payment::PaymentAggregate>()},
        {"ReaderRegistered", Kind<terminal_gateway::ReaderAggregate>()}};
    const std::string& name = first.GetDescriptor()->name();
    if (const auto found = kinds->find(name); found != kinds->end()) return found->second;
    const std::string& package = first.GetDescriptor()->file()->package();
    if (absl::StrContains(package, "inventory")) return Kind<inventory::StockItemAggregate>();
    if (absl::StrContains(package, "reporting")) return Kind<reporting::TicketFacts>();
    return nullptr;
  }

  void CheckAggregates() {
    for (const auto& [area, history] : histories_) {
      struct Replay {
        const runtime::AggregateKind* kind = nullptr;
        std::unique_ptr<google::protobuf::Message> state;
        uint64_t version = 0;
      };
      std::map<std::string, Replay> replays;
      for (const Fact& fact : history) {
        Replay& replay = replays[fact.record.stream_id];
        if (replay.version++ == 0) {
          replay.kind = KindOfStream(*fact.inner);
          if (replay.kind == nullptr) {
            world_.Fail(
                absl::StrCat(area, ": nobody knows whose stream begins with ", fact.meta.type()));
            return;
          }
          replay.state.reset(replay.kind->state_prototype->New());
        }
        replay.kind->apply(*replay.state, *fact.event);
      }
      const auto reader = installation_.services().at(area)->journal().NewReader();
      for (const auto& [stream, replay] : replays) {
        const auto live = runtime::LoadAggregate(*reader, *replay.kind, stream);
        Expect(live.ok() && live->version == replay.version &&
                   runtime::DeterministicBytes(*live->state) ==
                       runtime::DeterministicBytes(*replay.state),
               absl::StrCat(area, ": ", stream, " is not what its events make it"));
      }
    }
  }

  // Views are rebuilt from the log while the service runs, and come out the same.
  void CheckViews() {
    for (const auto& [area, service] : installation_.services()) {
      for (const auto& projection : service->projections().all()) {
        const std::string view(projection->view());
        const std::string before = RowsOf(service->journal(), view);
        service->rebuilder().Rebuild(view, [](const absl::Status&) {});
        world_.Run([&] { return service->rebuilder().idle(); }, world_.now() + absl::Minutes(10));
        Expect(service->rebuilder().idle(), absl::StrCat(area, " never rebuilds ", view));
        Expect(RowsOf(service->journal(), view) == before,
               absl::StrCat(area, ": the view ", view, " is not what the log makes it"));
      }
    }
  }

  std::string RowsOf(const journal::Journal& journal, const std::string& view) {
    std::string rows;
    const auto reader = journal.NewReader();
    const absl::Status status =
        reader->ForEachInView(view, {}, [&](std::string_view key, std::string_view value) {
          rows.append(std::to_string(key.size())).append(key).append(value);
          return true;
        });
    Expect(status.ok(), absl::StrCat("the view ", view, " cannot be read"));
    return rows;
  }

  void CountEvents() {
    for (const auto& [area, history] : histories_) {
      for (const Fact& fact : history) {
        // "pitlane.ticket.v1.TicketOpened"
        world_.coverage().Count("event",
                                absl::StrCat(area, ".", fact.inner->GetDescriptor()->name()));
      }
    }
  }

  static std::string StateOf(const payment::v1::PaymentState& state) {
    // "PAYMENT_STATUS_COLLECTING"; what is created goes on within the same commit.
    const pay::PaymentStatus status = state.payment().status();
    const bool is_new =
        status == pay::PAYMENT_STATUS_UNSPECIFIED || status == pay::PAYMENT_STATUS_CREATED;
    return is_new ? "NEW" : pay::PaymentStatus_Name(status).substr(15);
  }

  void CountPaymentEdges() {
    std::map<std::string, pay::PaymentState> payments;
    for (const Fact& fact : histories_.at("payment")) {
      if (!absl::StartsWith(fact.record.stream_id, "pay_")) continue;
      pay::PaymentState& state = payments[fact.record.stream_id];
      const std::string before = StateOf(state);
      payment::PaymentAggregate::Apply(state, static_cast<const pay::PaymentEvent&>(*fact.event));
      const std::string after = StateOf(state);
      if (after != before) {
        world_.coverage().Count("saga", absl::StrCat("payment.", before, ">", after));
      }
    }
  }

  World& world_;
  Installation& installation_;
  const Acknowledgements& acknowledged_;
  std::map<std::string, History> histories_;
  std::map<std::string, const tkt::Ticket*> closed_;
};

}  // namespace

void CheckEverything(World& world, Installation& installation,
                     const Acknowledgements& acknowledged) {
  Checker(world, installation, acknowledged).Run();
}

}  // namespace pitlane::simulation
