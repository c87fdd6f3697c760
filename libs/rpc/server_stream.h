// Server streams: a producer pushes messages from any thread, a bounded buffer stands between it
// and the caller, and a caller that does not keep up is cut off rather than waited for.
//
//   return rpc::ServerStream<WatchStockResponse>(
//       env_, context, request,
//       [this](rpc::CallContext& call, const WatchStockRequest& request,
//              std::shared_ptr<rpc::StreamWriter<WatchStockResponse>> writer) { … });
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/support/server_callback.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server_call.h"

namespace pitlane::rpc {

namespace internal {
template <typename Response>
class StreamReactor;
}

// The producer's end of one stream. Thread-safe. Keep it as long as there may be something to send;
// it may outlive the call, and then only answers false.
template <typename Response>
class StreamWriter {
 public:
  StreamWriter(size_t max_messages, size_t max_bytes)
      : max_messages_(max_messages), max_bytes_(max_bytes) {}
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  // Queues one message. False once the stream is over: the caller left, Close was called, or the
  // buffer is full, which ends the stream with RESOURCE_EXHAUSTED, CLIENT_TOO_SLOW.
  bool Write(Response response);

  // Ends the stream with this status after everything queued has been sent. Only the first counts.
  void Close(absl::Status status);

  bool open() const;

  // For producers that can wait: whether less than half of the buffer is in use. After a false,
  // what OnRoom set is called once everything queued has been sent; from any thread.
  bool HasRoom();
  void OnRoom(std::function<void()> on_room);

  // Called once, soon after the stream ended other than by Close; at once if it already has. From
  // any thread, also from within Write. Only the last one set is called.
  void OnCancel(std::function<void()> on_cancel);

 private:
  friend class internal::StreamReactor<Response>;

  struct Queued {
    Response message;
    size_t bytes;
  };

  // Ends without sending what is queued.
  void Abort(absl::Status status);
  // Starts whatever can be started now. gRPC may run the reactions of an operation within the call
  // that starts it, so nothing is started under the mutex.
  void Pump();
  void WriteDone(bool ok);
  void Detach();

  const size_t max_messages_;
  const size_t max_bytes_;
  mutable absl::Mutex mutex_;
  internal::StreamReactor<Response>* reactor_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::deque<Queued> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
  bool aborted_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_cancel_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_room_ ABSL_GUARDED_BY(mutex_);
  bool room_wanted_ ABSL_GUARDED_BY(mutex_) = false;
  Response current_;  // being sent; touched only by whoever set writing_
};

namespace internal {

template <typename Response>
class StreamReactor final : public grpc::ServerWriteReactor<Response> {
 public:
  using Writer = StreamWriter<Response>;

  StreamReactor(ServerEnv& env, grpc::CallbackServerContext& context, const MethodInfo& method)
      : call_(env, context, method),
        writer_(std::make_shared<Writer>(env.options().stream_buffer_messages,
                                         env.options().stream_buffer_bytes)) {
    absl::MutexLock lock(&writer_->mutex_);
    writer_->reactor_ = this;
  }

  void Start(const google::protobuf::Message& request,
             const std::function<void(CallContext&, std::shared_ptr<Writer>)>& work) {
    absl::Status status = call_.Identify(absl::InfiniteDuration());
    if (status.ok()) status = call_.Admit(request);
    if (!status.ok()) return writer_->Close(std::move(status));
    // Tells the caller that it is being served, before there is anything to send.
    this->StartSendInitialMetadata();
    auto writer = writer_;
    RunCatching(
        [writer](absl::Status end) {
          if (!end.ok()) writer->Close(std::move(end));
        },
        [&](const Done& done) {
          work(call_.context(), writer);
          done(absl::OkStatus());
        });
  }

  void End(const absl::Status& status) { this->Finish(call_.End(status)); }

  void OnWriteDone(bool ok) override { writer_->WriteDone(ok); }
  void OnCancel() override {
    call_.context().MarkCancelled();
    writer_->Abort(CallerLeft());
    writer_->Pump();
  }
  void OnDone() override {
    writer_->Detach();
    delete this;
  }

 private:
  ServerCall call_;
  std::shared_ptr<Writer> writer_;  // shared with producers, which may outlive the call
};

}  // namespace internal

template <typename Response>
bool StreamWriter<Response>::Write(Response response) {
  const size_t bytes = response.ByteSizeLong();
  bool overflow = false;
  {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return false;
    // A single message larger than the whole buffer may pass when nothing else waits.
    overflow =
        queue_.size() >= max_messages_ || (!queue_.empty() && queued_bytes_ + bytes > max_bytes_);
    if (!overflow) {
      queue_.push_back({std::move(response), bytes});
      queued_bytes_ += bytes;
    }
  }
  if (overflow) {
    Abort(MakeError(absl::StatusCode::kResourceExhausted, common::v1::CLIENT_TOO_SLOW,
                    "the reader of this stream is too slow; read faster or begin anew"));
  }
  Pump();
  return !overflow;
}

template <typename Response>
void StreamWriter<Response>::Close(absl::Status status) {
  {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return;
    end_ = std::move(status);
    on_cancel_ = nullptr;
  }
  Pump();
}

template <typename Response>
bool StreamWriter<Response>::open() const {
  absl::MutexLock lock(&mutex_);
  return !end_.has_value();
}

template <typename Response>
bool StreamWriter<Response>::HasRoom() {
  absl::MutexLock lock(&mutex_);
  const bool room = queue_.empty() || (queue_.size() < (max_messages_ + 1) / 2 &&
                                       queued_bytes_ < (max_bytes_ + 1) / 2);
  if (!room) room_wanted_ = true;
  return room;
}

template <typename Response>
void StreamWriter<Response>::OnRoom(std::function<void()> on_room) {
  absl::MutexLock lock(&mutex_);
  on_room_ = std::move(on_room);
}

template <typename Response>
void StreamWriter<Response>::OnCancel(std::function<void()> on_cancel) {
  {
    absl::MutexLock lock(&mutex_);
    if (!end_.has_value()) {
      on_cancel_ = std::move(on_cancel);
      return;
    }
    if (!aborted_) return;
  }
  on_cancel();
}

template <typename Response>
void StreamWriter<Response>::Abort(absl::Status status) {
  std::function<void()> on_cancel;
  {
    absl::MutexLock lock(&mutex_);
    queue_.clear();
    queued_bytes_ = 0;
    if (end_.has_value()) return;
    end_ = std::move(status);
    aborted_ = true;
    on_cancel = std::move(on_cancel_);
    on_cancel_ = nullptr;
  }
  if (on_cancel) on_cancel();
}

template <typename Response>
void StreamWriter<Response>::Pump() {
  internal::StreamReactor<Response>* reactor = nullptr;
  std::optional<absl::Status> finish;
  {
    absl::MutexLock lock(&mutex_);
    if (writing_ || finishing_ || reactor_ == nullptr) return;
    reactor = reactor_;
    if (!queue_.empty()) {
      current_ = std::move(queue_.front().message);
      queued_bytes_ -= queue_.front().bytes;
      queue_.pop_front();
      writing_ = true;
    } else if (end_.has_value()) {
      finishing_ = true;
      finish = end_;
    } else {
      return;
    }
  }
  if (finish.has_value()) {
    reactor->End(*finish);
  } else {
    reactor->StartWrite(&current_);
  }
}

template <typename Response>
void StreamWriter<Response>::WriteDone(bool ok) {
  std::function<void()> on_room;
  {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (room_wanted_ && queue_.empty()) {
      room_wanted_ = false;
      on_room = on_room_;
    }
  }
  if (on_room) on_room();
  if (!ok) Abort(internal::CallerLeft());
  Pump();
}

template <typename Response>
void StreamWriter<Response>::Detach() {
  absl::MutexLock lock(&mutex_);
  reactor_ = nullptr;
  on_cancel_ = nullptr;
  on_room_ = nullptr;
}

// `handler` is `void(CallContext&, const Request&, std::shared_ptr<StreamWriter<Response>>)`; it
// must return soon. Context and request are valid only until it returns: copy what the producer
// needs. A stream has no default deadline.
template <typename Response, typename Request, typename Handler>
grpc::ServerWriteReactor<Response>* ServerStream(ServerEnv& env,
                                                 grpc::CallbackServerContext* context,
                                                 const Request* request, Handler&& handler) {
  auto* reactor = new internal::StreamReactor<Response>(env, *context, MethodOf<Request>());
  reactor->Start(*request, [&](CallContext& call, std::shared_ptr<StreamWriter<Response>> writer) {
    handler(call, *request, std::move(writer));
  });
  return reactor;
}

}  // namespace pitlane::rpc
