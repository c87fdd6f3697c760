#include "tests/simulation/devices.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/text.h"
#include "libs/runtime/timestamps.h"
#include "services/terminal_gateway/domain/simulator.h"
#include "tests/simulation/broken.h"
#include "tests/simulation/nuisance.h"

namespace pitlane::simulation {
namespace {

namespace tgw = terminal_gateway;
using What = tgw::DeviceAnswer::What;

constexpr absl::Duration kDeviceTimeout = absl::Seconds(30);
constexpr absl::Duration kGatewayTimeout = absl::Seconds(10);

absl::Status NoAnswer() { return absl::DeadlineExceededError("the device did not answer"); }

}  // namespace

// --- readers ---------------------------------------------------------------------------------

class Readers::LivePort final : public tgw::ReaderPort {
 public:
  explicit LivePort(Readers& readers) : readers_(readers) {}
  void Start(const tgw::v1::ActionRecord& charge, tgw::AnswerFn answer) override {
    if (ChargesTwice(readers_.plan_)) {
      readers_.Deliver(charge, [](const absl::StatusOr<tgw::DeviceAnswer>&) {});
    }
    readers_.Deliver(charge, std::move(answer));
  }
  void Refund(const tgw::v1::ActionRecord& refund, tgw::AnswerFn answer) override {
    readers_.Deliver(refund, std::move(answer));
  }
  void Cancel(const tgw::v1::ActionRecord& action, tgw::AnswerFn answer) override {
    readers_.Ask(action, /*cancel=*/true, std::move(answer));
  }
  void Query(const tgw::v1::ActionRecord& action, tgw::AnswerFn answer) override {
    readers_.Ask(action, /*cancel=*/false, std::move(answer));
  }

 private:
  Readers& readers_;
};

Readers::Readers(World& world, const Plan& plan)
    : world_(world), plan_(plan), draw_(world.Draws("readers")), clock_(world) {}

std::shared_ptr<tgw::ReaderPort> Readers::Port() { return std::make_shared<LivePort>(*this); }

bool Readers::Strikes(Fault fault) {
  if (healed_ || !draw_.Chance(plan_.Rate(fault))) return false;
  world_.coverage().Count("fault", NameOf(fault));
  return true;
}

void Readers::Deliver(const tgw::v1::ActionRecord& action, tgw::AnswerFn answer) {
  const std::string id = action.action().action_id();
  if (++deeds_[id].deliveries > 1) {
    world_.Fail(absl::StrCat("action ", id, " was handed to its reader twice"));
  }
  absl::Duration way = draw_.Skewed(absl::Milliseconds(1), absl::Milliseconds(200));
  if (Strikes(Fault::kReaderDeaf)) {
    if (draw_.Below(2) == 0) {
      return world_.After(kDeviceTimeout, [answer = std::move(answer)] { answer(NoAnswer()); });
    }
    way = draw_.Skewed(absl::Seconds(1), absl::Minutes(10));
  }
  world_.After(way, [this, action, answer = std::move(answer)] {
    Deed& deed = deeds_[action.action().action_id()];
    deed.arrived = true;
    deed.record = action;
    *deed.record.mutable_action()->mutable_started_at() = runtime::ToTimestamp(clock_.Now());
    deed.record.clear_cancel_requested_at();
    world_.Note(absl::StrCat("reader does ", deed.record.action().action_id(),
                             deed.given_up ? ": given up before" : ""));
    Reply(deed.record.action().action_id(), answer);
  });
}

void Readers::Ask(const tgw::v1::ActionRecord& action, bool cancel, tgw::AnswerFn answer) {
  if (Strikes(Fault::kReaderDeaf)) {
    return world_.After(kDeviceTimeout, [answer = std::move(answer)] { answer(NoAnswer()); });
  }
  world_.After(draw_.Skewed(absl::Milliseconds(1), absl::Milliseconds(200)),
               [this, id = action.action().action_id(), cancel, answer = std::move(answer)] {
                 Deed& deed = deeds_[id];
                 // Whoever asks is told something that stays true.
                 if (!deed.arrived) deed.given_up = true;
                 if (cancel && deed.arrived && !deed.record.has_cancel_requested_at()) {
                   Look(deed);
                   *deed.record.mutable_cancel_requested_at() = runtime::ToTimestamp(clock_.Now());
                 }
                 Reply(id, answer);
               });
}

tgw::DeviceAnswer Readers::Look(Deed& deed) {
  if (deed.given_up) return {.what = What::kCanceled};
  if (deed.ending.has_value()) return *deed.ending;
  tgw::DeviceAnswer answer = tgw::SimulatedAnswer(deed.record, clock_.Now());
  if (answer.what != What::kInProgress && answer.what != What::kNoAnswer) deed.ending = answer;
  return answer;
}

void Readers::Reply(const std::string& action_id, tgw::AnswerFn answer) {
  if (Strikes(Fault::kReaderSilent)) {
    return world_.After(kDeviceTimeout, [answer = std::move(answer)] { answer(NoAnswer()); });
  }
  const absl::Duration delay = Strikes(Fault::kReaderLate)
                                   ? draw_.Skewed(absl::Seconds(1), absl::Minutes(10))
                                   : draw_.Skewed(absl::Milliseconds(1), absl::Milliseconds(200));
  const tgw::DeviceAnswer said = Look(deeds_[action_id]);
  world_.After(delay, [answer = std::move(answer), said] { answer(said); });
}

std::map<std::string, int64_t> Readers::Moved() {
  std::map<std::string, int64_t> moved;
  for (auto& [id, deed] : deeds_) {
    if (!deed.arrived || deed.record.action().currency() == kForeign) continue;
    const tgw::DeviceAnswer answer = Look(deed);
    if (answer.what == What::kApproved) moved[id] = answer.approved_minor;
  }
  return moved;
}

// --- terminal --------------------------------------------------------------------------------

namespace {

template <class Request>
Request RequestOf(const payment::TerminalCall& call, std::string request_id) {
  Request request;
  request.set_request_id(std::move(request_id));
  request.set_reader_id(call.order.reader_id());
  request.set_action_id(call.order.action_id());
  return request;
}

}  // namespace

template <class Request, class Response>
void SimulatedTerminal::Call(
    Method<terminal_gateway::TerminalGatewayServiceApi, Request, Response> method, Request request,
    payment::ActionFn done) {
  // Called once: by the answer that comes first, or when the time is over.
  auto open = std::make_shared<payment::ActionFn>(std::move(done));
  const auto end = [open, alive = alive_](absl::StatusOr<tgw::v1::Action> action) {
    if (!*alive) return;
    if (const payment::ActionFn first = std::exchange(*open, nullptr)) first(std::move(action));
  };
  network_.world().After(kGatewayTimeout, [end] {
    end(absl::DeadlineExceededError("the terminal gateway did not answer"));
  });
  network_.Send<tgw::TerminalGatewayServiceApi, Request, Response>(
      method, CallerWith(rpc::Role::kService, "service:payment"), {}, kGatewayTimeout,
      std::make_shared<const Request>(std::move(request)),
      [end](const Network::Answer<Response>& answer) {
        if (!answer.status.ok()) return end(answer.status);
        end(answer.response.action());
      });
}

std::string SimulatedTerminal::FreshRequestId(const payment::TerminalCall& call) {
  return absl::StrFormat("%s.%016x", call.order.action_id(), entropy_.Next64());
}

void SimulatedTerminal::Charge(const payment::TerminalCall& call, payment::ActionFn done) {
  auto request = RequestOf<tgw::v1::ProcessPaymentRequest>(call, call.order.action_id());
  request.set_amount_minor(call.order.amount_minor());
  request.set_currency(call.order.currency());
  request.set_ticket_id(call.order.ticket_id());
  Call(&tgw::TerminalGatewayServiceApi::ProcessPayment, std::move(request), std::move(done));
}

void SimulatedTerminal::Refund(const payment::TerminalCall& call, payment::ActionFn done) {
  auto request = RequestOf<tgw::v1::ProcessRefundRequest>(call, call.order.action_id());
  request.set_original_action_id(call.order.original_action_id());
  request.set_amount_minor(call.order.amount_minor());
  request.set_currency(call.order.currency());
  request.set_ticket_id(call.order.ticket_id());
  Call(&tgw::TerminalGatewayServiceApi::ProcessRefund, std::move(request), std::move(done));
}

void SimulatedTerminal::Resolve(const payment::TerminalCall& call, payment::ActionFn done) {
  Call(&tgw::TerminalGatewayServiceApi::ResolveAction,
       RequestOf<tgw::v1::ResolveActionRequest>(call, FreshRequestId(call)), std::move(done));
}

void SimulatedTerminal::Cancel(const payment::TerminalCall& call, uint64_t fencing_token,
                               payment::ActionFn done) {
  auto request = RequestOf<tgw::v1::CancelActionRequest>(call, FreshRequestId(call));
  request.set_fencing_token(fencing_token);
  Call(&tgw::TerminalGatewayServiceApi::CancelAction, std::move(request), std::move(done));
}

// --- supplier --------------------------------------------------------------------------------

Supplier::Supplier(World& world, const Plan& plan)
    : world_(world), plan_(plan), draw_(world.Draws("supplier")) {}

bool Supplier::Strikes() {
  if (healed_ || !draw_.Chance(plan_.Rate(Fault::kSupplierFaults))) return false;
  world_.coverage().Count("fault", NameOf(Fault::kSupplierFaults));
  return true;
}

void Supplier::Submit(const inventory::v1::PurchaseOrder& order, inventory::SupplierDone done) {
  using What = inventory::SupplierAnswer::What;
  const bool lost = Strikes();
  const bool answered = !Strikes();
  world_.After(lost ? kDeviceTimeout : draw_.Skewed(absl::Milliseconds(5), absl::Seconds(20)),
               [this, lost, answered, id = order.purchase_order_id(), done = std::move(done)] {
                 if (lost) return done(NoAnswer());
                 const auto [entry, added] = orders_.try_emplace(id);
                 if (added) {
                   const uint64_t mood = draw_.Below(10);
                   if (mood == 0) {
                     entry->second = {.what = What::kRefused,
                                      .reference = "",
                                      .reason = "discontinued",
                                      .delivered = false};
                   } else {
                     entry->second = {.what = What::kConfirmed,
                                      .reference = "S-" + id.substr(id.size() - 6),
                                      .reason = "",
                                      .delivered = mood < 4};
                   }
                 }
                 if (!answered) return done(NoAnswer());
                 done(entry->second);
               });
}

void Supplier::Query(std::string_view purchase_order_id, inventory::SupplierDone done) {
  const bool answered = !Strikes();
  world_.After(
      draw_.Skewed(absl::Milliseconds(5), absl::Seconds(20)),
      [this, answered, id = std::string(purchase_order_id), done = std::move(done)] {
        if (!answered) return done(NoAnswer());
        const auto found = orders_.find(id);
        if (found != orders_.end()) return done(found->second);
        done(inventory::SupplierAnswer{.what = inventory::SupplierAnswer::What::kNeverHeard,
                                       .reference = "",
                                       .reason = "",
                                       .delivered = false});
      });
}

}  // namespace pitlane::simulation
