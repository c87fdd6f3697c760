// The counter: the smallest service with every part, for the tests of this library. Its layers are
// those of the real services (domain, projection, reactor, api).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/reactor.h"
#include "libs/runtime/service_host.h"
#include "libs/runtime/unit.h"
#include "libs/runtime/watch.h"
#include "pitlane/testing/v1/counter.grpc.pb.h"
#include "pitlane/testing/v1/counter.pb.h"

namespace pitlane::runtime {

namespace tv1 = ::pitlane::testing::v1;

PITLANE_DEFINE_ID(CounterId, "cnt");

inline constexpr int64_t kCounterLimit = 1'000'000'000;

// Domain.

struct CounterAggregate {
  using State = tv1::CounterState;
  using Event = tv1::CounterEvent;
  static constexpr uint32_t kSchema = 1;

  static void Apply(State& state, const Event& event) {
    state.set_changes(state.changes() + 1);
    switch (event.event_case()) {
      case Event::kOpened:
        state.set_name(event.opened().name());
        break;
      case Event::kIncreased:
        state.set_total(state.total() + event.increased().by());
        break;
      case Event::kClosed:
        state.set_closed(true);
        break;
      case Event::kCopied:
        state.set_total(state.total() + event.copied().by());
        break;
      case Event::kSignalRequested:
      case Event::kSignalSent:
      case Event::EVENT_NOT_SET:
        break;
    }
  }
};

using CounterEvents = absl::StatusOr<std::vector<tv1::CounterEvent>>;

inline tv1::CounterEvent Opened(std::string_view name) {
  tv1::CounterEvent event;
  event.mutable_opened()->set_name(std::string(name));
  return event;
}
inline tv1::CounterEvent Increased(int64_t by) {
  tv1::CounterEvent event;
  event.mutable_increased()->set_by(by);
  return event;
}
inline tv1::CounterEvent Closed() {
  tv1::CounterEvent event;
  event.mutable_closed();
  return event;
}
inline tv1::CounterEvent SignalSent(std::string_view signal_id, bool recovered) {
  tv1::CounterEvent event;
  event.mutable_signal_sent()->set_signal_id(std::string(signal_id));
  event.mutable_signal_sent()->set_recovered(recovered);
  return event;
}

inline CounterEvents DecideOpen(const tv1::CounterState& state, std::string_view name) {
  if (!state.name().empty()) {
    return rpc::Refused(tv1::COUNTER_OPEN_ALREADY, "this counter is open already");
  }
  return std::vector<tv1::CounterEvent>{Opened(name)};
}

inline CounterEvents DecideIncrease(const tv1::CounterState& state, int64_t by) {
  if (state.name().empty() || state.closed()) {
    return rpc::Refused(tv1::COUNTER_NOT_OPEN, "open the counter first");
  }
  if (by > kCounterLimit - state.total()) {
    return rpc::Refused(tv1::COUNTER_FULL, "the counter cannot hold that much");
  }
  return std::vector<tv1::CounterEvent>{Increased(by)};
}

// Projection: key = name of the counter; a rename of the view's rows is a matter of its schema.

class CounterTotals final : public TypedProjection<tv1::CounterEvent> {
 public:
  explicit CounterTotals(uint32_t schema = 1) : schema_(schema) {}
  std::string_view view() const override { return "counter_totals"; }
  uint32_t schema() const override { return schema_; }
  void On(const tv1::CounterEvent& event, ViewWriter& rows) override {
    const std::string& id = event.meta().stream_id();
    tv1::CounterRow row = rows.GetMessage<tv1::CounterRow>(id).value_or(tv1::CounterRow());
    row.set_counter_id(id);
    if (event.has_increased()) row.set_total(row.total() + event.increased().by());
    if (event.has_copied()) row.set_total(row.total() + event.copied().by());
    row.set_last_position(event.meta().position());
    rows.Put(id, row);
    // The second schema also has the last change of all.
    if (schema_ >= 2) rows.Put("last", row);
  }

 private:
  const uint32_t schema_;
};

// Reactor: a pulse elsewhere increases the counter it names, unless that is closed.

class OnPulseCame final : public TypedReactor<tv1::PulseCame> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const tv1::PulseCame& pulse,
                  Unit& unit) override {
    return unit.Execute<CounterAggregate>(
        pulse.counter_id(), std::nullopt, {}, [&](const tv1::CounterState& state) -> CounterEvents {
          RETURN_IF_ERROR(DecideIncrease(state, pulse.strength()).status());
          tv1::CounterEvent event;
          event.mutable_copied()->set_from_event_id(meta.event_id());
          event.mutable_copied()->set_by(pulse.strength());
          return std::vector<tv1::CounterEvent>{event};
        });
  }
};

// Effect: signals to the outside world. The test plays the outside world.

class SignalTower {
 public:
  struct Call {
    Effect effect;
    bool recover = false;
    EffectDone done;
  };

  // What the handler does with a call at once; without it, calls wait in `waiting`.
  std::function<void(const Call&)> at_once;

  void Take(Call call) {
    std::function<void(const Call&)> answer;
    {
      absl::MutexLock lock(&mutex_);
      calls_.push_back(call);
      answer = at_once;
    }
    if (answer) answer(call);
  }
  std::vector<Call> calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

  // The outcome "sent", recorded as a fact.
  static std::function<absl::Status(Unit&)> Sent(const Call& call) {
    return [effect = call.effect, recover = call.recover](Unit& unit) {
      unit.Emit<CounterAggregate>(effect.payload, {SignalSent(effect.id, recover)}, {});
      unit.FinishEffect(effect.kind, effect.id);
      return unit.status();
    };
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<Call> calls_ ABSL_GUARDED_BY(mutex_);
};

class SignalHandler final : public EffectHandler {
 public:
  explicit SignalHandler(SignalTower& tower) : tower_(tower) {}
  std::string_view kind() const override { return "signal"; }
  void Perform(const Effect& effect, EffectDone done) override {
    tower_.Take({effect, /*recover=*/false, std::move(done)});
  }
  void Recover(const Effect& effect, EffectDone done) override {
    tower_.Take({effect, /*recover=*/true, std::move(done)});
  }

 private:
  SignalTower& tower_;
};

// Api.

class CounterService final : public tv1::CounterService::CallbackService {
 public:
  explicit CounterService(const ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* OpenCounter(grpc::CallbackServerContext* context,
                                        const tv1::OpenCounterRequest* request,
                                        tv1::OpenCounterResponse* response) override {
    return Mutate(
        context, env_, request, response,
        [](const tv1::OpenCounterRequest& req) {
          return req.name().empty() ? rpc::Invalid("name", "is required") : absl::OkStatus();
        },
        [](Unit& unit, const tv1::OpenCounterRequest& req,
           tv1::OpenCounterResponse* resp) -> absl::Status {
          RETURN_IF_ERROR(unit.Execute<CounterAggregate>(
              req.counter_id(), std::nullopt, {},
              [&](const tv1::CounterState& state) { return DecideOpen(state, req.name()); }));
          ASSIGN_OR_RETURN(const auto counter, unit.Load<CounterAggregate>(req.counter_id()));
          resp->set_counter_id(req.counter_id());
          resp->set_version(counter.version);
          return absl::OkStatus();
        });
  }

  grpc::ServerUnaryReactor* IncreaseCounter(grpc::CallbackServerContext* context,
                                            const tv1::IncreaseCounterRequest* request,
                                            tv1::IncreaseCounterResponse* response) override {
    return Mutate(
        context, env_, request, response,
        [](Unit& unit, const tv1::IncreaseCounterRequest& req,
           tv1::IncreaseCounterResponse* resp) -> absl::Status {
          const auto expected = req.has_expected_version()
                                    ? std::optional<uint64_t>(req.expected_version())
                                    : std::nullopt;
          RETURN_IF_ERROR(unit.Execute<CounterAggregate>(
              req.counter_id(), expected, {},
              [&](const tv1::CounterState& state) { return DecideIncrease(state, req.by()); }));
          ASSIGN_OR_RETURN(const auto counter, unit.Load<CounterAggregate>(req.counter_id()));
          resp->set_total(counter.state.total());
          resp->set_version(counter.version);
          return absl::OkStatus();
        });
  }

  grpc::ServerUnaryReactor* SendSignal(grpc::CallbackServerContext* context,
                                       const tv1::SendSignalRequest* request,
                                       tv1::SendSignalResponse* response) override {
    return Mutate(context, env_, request, response,
                  [](Unit& unit, const tv1::SendSignalRequest& req,
                     tv1::SendSignalResponse*) -> absl::Status {
                    tv1::CounterEvent event;
                    event.mutable_signal_requested()->set_signal_id(req.signal_id());
                    unit.Emit<CounterAggregate>(req.counter_id(), {event}, {});
                    unit.RequestEffect("signal", req.signal_id(), req.counter_id());
                    return unit.status();
                  });
  }

  grpc::ServerUnaryReactor* GetCounter(grpc::CallbackServerContext* context,
                                       const tv1::GetCounterRequest* request,
                                       tv1::GetCounterResponse* response) override {
    return Read(context, env_, request, response,
                [](ReadContext& read, const tv1::GetCounterRequest& req,
                   tv1::GetCounterResponse* resp) -> absl::Status {
                  ASSIGN_OR_RETURN(auto counter, read.Get<CounterAggregate>(req.counter_id()));
                  *resp->mutable_counter() = std::move(counter.state);
                  resp->set_version(counter.version);
                  return absl::OkStatus();
                });
  }

  grpc::ServerWriteReactor<tv1::WatchCounterResponse>* WatchCounter(
      grpc::CallbackServerContext* context, const tv1::WatchCounterRequest* request) override {
    const auto now = [](ReadContext& read, const tv1::WatchCounterRequest& req,
                        std::vector<tv1::WatchCounterResponse>* out) -> absl::Status {
      ASSIGN_OR_RETURN(auto counter, read.Get<CounterAggregate>(req.counter_id()));
      *out->emplace_back().mutable_counter() = std::move(counter.state);
      out->back().set_version(counter.version);
      return absl::OkStatus();
    };
    return Watch<tv1::WatchCounterResponse, tv1::CounterEvent>(
        context, env_, request, now,
        [now](ReadContext& read, const tv1::WatchCounterRequest& req,
              const tv1::CounterEvent& event,
              std::vector<tv1::WatchCounterResponse>* out) -> absl::Status {
          if (event.meta().stream_id() != req.counter_id()) return absl::OkStatus();
          return now(read, req, out);
        });
  }

 private:
  const ServiceEnv& env_;
};

// The service "counter", which listens to the area "pulse". `tower` may be null: no effects then.
inline ServiceDefinition MakeCounterService(SignalTower* tower = nullptr, uint32_t schema = 1) {
  ServiceDefinition definition;
  definition.area = "counter";
  definition.event_prototype = &tv1::CounterEvent::default_instance();
  definition.listens_to["pulse"] = &tv1::PulseEvent::default_instance();
  definition.projections = [schema] {
    std::vector<std::unique_ptr<Projection>> projections;
    projections.push_back(std::make_unique<CounterTotals>(schema));
    return projections;
  };
  definition.reactors = [] {
    std::vector<std::unique_ptr<Reactor>> reactors;
    reactors.push_back(std::make_unique<OnPulseCame>());
    return reactors;
  };
  definition.effects = [tower](HostContext&) {
    std::vector<std::unique_ptr<EffectHandler>> handlers;
    if (tower != nullptr) handlers.push_back(std::make_unique<SignalHandler>(*tower));
    return handlers;
  };
  definition.services = [](const ServiceEnv& env, HostContext&) {
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<CounterService>(env));
    return services;
  };
  return definition;
}

}  // namespace pitlane::runtime
