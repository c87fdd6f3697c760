#include "libs/rpc/testing/echo_service.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "libs/rpc/client_stream.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/unary.h"

namespace pitlane::rpc::testing {

using namespace pitlane::testing::v1;  // NOLINT: every message of the one service

namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

class Summation final : public ClientStreamHandler<CollectRequest, CollectResponse> {
 public:
  void OnMessage(CallContext&, const CollectRequest& request, Done done) override {
    if (request.number() < 0) return done(Invalid("number", "must be 0 or more"));
    sum_ += request.number();
    ++count_;
    done(absl::OkStatus());
  }
  void OnEnd(CallContext&, CollectResponse* response, Done done) override {
    response->set_sum(sum_);
    response->set_count(count_);
    done(absl::OkStatus());
  }

 private:
  int64_t sum_ = 0;
  int64_t count_ = 0;
};

}  // namespace

void EchoService::Hold() {
  absl::MutexLock lock(&mutex_);
  holding_ = true;
}

void EchoService::Release() {
  std::vector<Held> held;
  {
    absl::MutexLock lock(&mutex_);
    holding_ = false;
    held.swap(held_);
  }
  for (const Held& call : held) call.done(absl::OkStatus());
}

bool EchoService::WaitForHeld(size_t count) {
  absl::MutexLock lock(&mutex_);
  const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return held_.size() >= count; };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), kPatience);
}

bool EchoService::WaitForOpenWatches(size_t count) {
  absl::MutexLock lock(&mutex_);
  const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return watches_.size() == count;
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), kPatience);
}

bool EchoService::WaitForCancelled() {
  const absl::Time end = absl::Now() + kPatience;
  while (absl::Now() < end) {
    absl::MutexLock lock(&mutex_);
    for (const Held& held : held_) {
      if (held.call->cancelled()) return true;
    }
    std::this_thread::yield();
  }
  return false;
}

void EchoService::Push(const std::string& payload) {
  std::vector<std::shared_ptr<Writer>> watches;
  {
    absl::MutexLock lock(&mutex_);
    watches = watches_;
  }
  WatchResponse response;
  response.set_payload(payload);
  for (const auto& watch : watches) watch->Write(response);
}

void EchoService::SetPosition(PositionToken position) {
  absl::MutexLock lock(&mutex_);
  position_ = std::move(position);
}

grpc::ServerUnaryReactor* EchoService::Ping(grpc::CallbackServerContext* context,
                                            const PingRequest* request, PingResponse* response) {
  return Unary(env_, context, request, response,
               [](CallContext&, const PingRequest&, PingResponse*) { return absl::OkStatus(); });
}

grpc::ServerUnaryReactor* EchoService::Echo(grpc::CallbackServerContext* context,
                                            const EchoRequest* request, EchoResponse* response) {
  return Unary(
      env_, context, request, response,
      [this](CallContext& call, const EchoRequest& echo, EchoResponse* answer, Done done) {
        if (echo.refuse_with() != ERROR_REASON_UNSPECIFIED) {
          return done(Refused(echo.refuse_with(), "the caller asked for it"));
        }
        answer->set_payload(echo.payload());
        answer->set_subject(call.caller().subject);
        answer->set_traceparent(call.traceparent());
        answer->set_deadline_ms(absl::ToInt64Milliseconds(call.deadline() - env_.clock().Now()));
        {
          absl::MutexLock lock(&mutex_);
          call.SetPositions(position_);
          if (holding_) {
            held_.push_back({&call, std::move(done)});
            return;
          }
        }
        done(absl::OkStatus());
      });
}

grpc::ServerWriteReactor<WatchResponse>* EchoService::Watch(grpc::CallbackServerContext* context,
                                                            const WatchRequest* request) {
  return ServerStream<WatchResponse>(
      env_, context, request,
      [this](CallContext&, const WatchRequest& watch, std::shared_ptr<Writer> writer) {
        WatchResponse response;
        response.set_payload(std::string(watch.payload_bytes(), 'x'));
        for (uint32_t number = 1; number <= watch.count(); ++number) {
          response.set_number(number);
          if (!writer->Write(response)) return;
        }
        if (!watch.forever()) return writer->Close(absl::OkStatus());
        {
          absl::MutexLock lock(&mutex_);
          watches_.push_back(writer);
        }
        writer->OnCancel([this, left = writer.get()] {
          absl::MutexLock lock(&mutex_);
          watches_.erase(std::remove_if(watches_.begin(), watches_.end(),
                                        [&](const auto& open) { return open.get() == left; }),
                         watches_.end());
        });
      });
}

grpc::ServerReadReactor<CollectRequest>* EchoService::Collect(grpc::CallbackServerContext* context,
                                                              CollectResponse* response) {
  return ClientStream<CollectRequest, CollectResponse>(env_, context, response,
                                                       std::make_unique<Summation>());
}

}  // namespace pitlane::rpc::testing
