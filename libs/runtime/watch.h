// Server streams that follow the journal.
//
//   return runtime::Watch<WatchStockResponse, inventory::v1::InventoryEvent>(
//       context, env_, request,
//       /*start=*/[](ReadContext& read, const WatchStockRequest& request,
//                    std::vector<WatchStockResponse>* out) { … what there is now … },
//       /*on_event=*/[](ReadContext& read, const WatchStockRequest& request,
//                       const InventoryEvent& event, std::vector<WatchStockResponse>* out) { … });
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"
#include "libs/journal/journal.h"
#include "libs/rpc/server_stream.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/stepper.h"

namespace pitlane::runtime {

// One committed event, as a watcher gets it. Valid during the call.
struct WatchedEvent {
  const journal::Record& record;
  const google::protobuf::Message& event;  // of the area's event message
};

// One follower of the log. Calls come from the hub's thread, one at a time, except OnEnd, which may
// also come from the thread that stops the hub, beside another call.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // False while it can take no more for now; the hub goes on with it after Journal news or Wake.
  virtual bool HasRoom() = 0;
  // One event. False ends the watch.
  virtual bool OnEvent(const WatchedEvent& event) = 0;
  // All of the log has been given; called whenever that becomes true. False ends the watch.
  virtual bool OnCaughtUp() { return true; }
  // The last call: the host stops (UNAVAILABLE) or the log could not be read.
  virtual void OnEnd(const absl::Status& why) = 0;
};

// Gives the events of the log to those who follow it. Reads and decodes each part once for all who
// are at the same place. Thread-safe; its work is done in Step.
class WatchHub final : public Stepper {
 public:
  // Borrowed. `event_prototype` is the area's event message.
  WatchHub(journal::Journal& journal, const google::protobuf::Message& event_prototype,
           size_t max_watchers = 1024);
  ~WatchHub() override;

  // Gives `watcher` every event behind `position`. RESOURCE_EXHAUSTED (OVERLOADED) when there are
  // too many; UNAVAILABLE after Stop.
  absl::StatusOr<uint64_t> Add(uint64_t position, std::shared_ptr<Watcher> watcher);
  // No further calls to the watcher once the next step begins; a step under way may still make one.
  void Remove(uint64_t id);
  // Something may have room again, or the log has grown.
  void Wake();
  // Ends every watch.
  void Stop();

  size_t size() const;
  size_t Step() override;
  void SetWakeup(std::function<void()> wakeup) override;

 private:
  struct Entry {
    uint64_t position;
    std::shared_ptr<Watcher> watcher;  // shared with the step that calls it
    bool caught_up = false;            // and has been told
  };
  struct Part;

  // Whether the watch goes on.
  bool Advance(Entry& entry, Part& part, size_t& given);
  absl::Status ReadPart(uint64_t position, Part& part);

  journal::Journal& journal_;
  const google::protobuf::Message& event_prototype_;
  const size_t max_watchers_;

  mutable absl::Mutex mutex_;
  std::map<uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
  journal::Subscription subscription_;  // last: calls Wake until it is gone
};

namespace internal {

absl::Status FuturePosition(uint64_t asked, uint64_t last);

template <class Response, class Event, class Request, class OnEventFn>
class StreamWatcher final : public Watcher {
 public:
  using Writer = std::shared_ptr<rpc::StreamWriter<Response>>;
  StreamWatcher(journal::Journal& journal, std::shared_ptr<const rpc::Caller> caller,
                Request request, Writer writer, OnEventFn on_event)
      : journal_(journal),
        caller_(std::move(caller)),
        request_(std::move(request)),
        writer_(std::move(writer)),
        on_event_(std::move(on_event)) {}

  bool HasRoom() override { return writer_->HasRoom(); }
  bool OnEvent(const WatchedEvent& event) override {
    ReadContext read(journal_, caller_);
    std::vector<Response> out;
    absl::Status status = on_event_(read, request_, static_cast<const Event&>(event.event), &out);
    if (!status.ok()) {
      writer_->Close(std::move(status));
      return false;
    }
    for (Response& response : out) {
      if (!writer_->Write(std::move(response))) return false;
    }
    return true;
  }
  void OnEnd(const absl::Status& why) override { writer_->Close(why); }

 private:
  journal::Journal& journal_;
  const std::shared_ptr<const rpc::Caller> caller_;  // shared with the call
  const Request request_;
  const Writer writer_;  // shared with the stream
  const OnEventFn on_event_;
};

}  // namespace internal

// A watch. After the position wait, `start` gives what there is now, from one consistent state of
// the store; then `on_event` is called for every event committed after that state, in order, with
// the state of then or later, and gives what to send (nothing, for events that do not matter). Both
// return absl::Status; an error ends the stream. A reader that is slower than the events is served
// as fast as it reads, from the log.
template <class Response, class Event, class Request, class StartFn, class OnEventFn>
grpc::ServerWriteReactor<Response>* Watch(grpc::CallbackServerContext* context,
                                          const ServiceEnv& env, const Request* request,
                                          StartFn start, OnEventFn on_event) {
  using Writer = std::shared_ptr<rpc::StreamWriter<Response>>;
  return rpc::ServerStream<Response>(
      env.rpc, context, request, [&](rpc::CallContext& call, const Request& req, Writer writer) {
        internal::AwaitPositions(
            env, call,
            [&env, caller = call.shared_caller(), req, writer, start = std::move(start),
             on_event = std::move(on_event)](absl::Status reached) {
              if (!reached.ok()) return writer->Close(std::move(reached));
              ReadContext read(env.journal, caller);
              std::vector<Response> out;
              auto tail = read.reader().GetTail();
              if (!tail.ok()) return writer->Close(tail.status());
              if (absl::Status status = start(read, req, &out); !status.ok()) {
                return writer->Close(std::move(status));
              }
              for (Response& response : out) {
                if (!writer->Write(std::move(response))) return;
              }
              writer->OnRoom([&env] { env.watches.Wake(); });
              auto id = env.watches.Add(
                  tail->last_position,
                  std::make_shared<internal::StreamWatcher<Response, Event, Request, OnEventFn>>(
                      env.journal, caller, req, writer, on_event));
              if (!id.ok()) return writer->Close(id.status());
              writer->OnCancel([&env, id = *id] { env.watches.Remove(id); });
            });
      });
}

// A watch of a location's facts or the like: `on_event` as above, for every event behind the
// request's `optional uint64 after_position`, or for those of from now on. A position that lies in
// the future is INVALID_ARGUMENT. `shape` is what is wrong with the rest of the request; it is told
// to callers who may watch.
template <class Response, class Event, class Request, class OnEventFn>
grpc::ServerWriteReactor<Response>* WatchFrom(grpc::CallbackServerContext* context,
                                              const ServiceEnv& env, const Request* request,
                                              OnEventFn on_event,
                                              const absl::Status& shape = absl::OkStatus()) {
  using Writer = std::shared_ptr<rpc::StreamWriter<Response>>;
  return rpc::ServerStream<Response>(
      env.rpc, context, request, [&](rpc::CallContext& call, const Request& req, Writer writer) {
        if (!shape.ok()) return writer->Close(shape);
        internal::AwaitPositions(
            env, call,
            [&env, caller = call.shared_caller(), req, writer,
             on_event = std::move(on_event)](absl::Status reached) {
              if (!reached.ok()) return writer->Close(std::move(reached));
              const uint64_t last = env.journal.last_position();
              const uint64_t after = req.has_after_position() ? req.after_position() : last;
              if (after > last) return writer->Close(internal::FuturePosition(after, last));
              writer->OnRoom([&env] { env.watches.Wake(); });
              auto id = env.watches.Add(
                  after,
                  std::make_shared<internal::StreamWatcher<Response, Event, Request, OnEventFn>>(
                      env.journal, caller, req, writer, on_event));
              if (!id.ok()) return writer->Close(id.status());
              writer->OnCancel([&env, id = *id] { env.watches.Remove(id); });
            });
      });
}

}  // namespace pitlane::runtime
