#include "gateway/http_upstream.h"

#include <map>
#include <utility>
#include <vector>

#include "boost/asio/post.hpp"
#include "gateway/passage.h"

namespace pitlane::gateway {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& message) {
  const grpc::Slice slice(message);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToText(const grpc::ByteBuffer& buffer) {
  std::string text;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return text;
  text.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

Headers ForCaller(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  Headers headers;
  for (const auto& [key, value] : metadata) {
    if (!GoesToCaller({key.data(), key.size()})) continue;
    headers.emplace_back(std::string(key.data(), key.size()),
                         std::string(value.data(), value.size()));
  }
  return headers;
}

}  // namespace

HttpUpstream::HttpUpstream(boost::asio::any_io_executor executor, std::function<void()> wake)
    : executor_(std::move(executor)),
      wake_(std::make_shared<const std::function<void()>>(std::move(wake))) {}

void HttpUpstream::Start(Backend::Stub& stub, const std::string& path,
                         const std::optional<std::string>& only) {
  self_ = shared_from_this();
  if (only.has_value()) context_.set_initial_metadata_corked(true);
  stub.PrepareBidiStreamingCall(&context_, path, {}, this);
  AddMultipleHolds(2);
  if (only.has_value()) {
    out_ = ToBuffer(*only);
    writing_ = true;
    StartWriteLast(&out_, grpc::WriteOptions());
  }
  reading_ = true;
  StartRead(&in_);
  StartCall();
}

void HttpUpstream::Write(const std::string& message) {
  if (writes_ended_) return;
  out_ = ToBuffer(message);
  writing_ = true;
  StartWrite(&out_);
}

void HttpUpstream::EndWrites() {
  if (writes_ended_) return;
  StartWritesDone();
  StopWrites();
}

void HttpUpstream::Read() {
  if (reads_ended_) return;
  reading_ = true;
  StartRead(&in_);
}

void HttpUpstream::Cancel() {
  if (cancelled_ || done()) return;
  cancelled_ = true;
  context_.TryCancel();
  if (!reading_) StopReads();
  if (!writing_) StopWrites();
}

std::string HttpUpstream::TakeMessage() {
  std::string message = *std::move(message_);
  message_.reset();
  return message;
}

Headers HttpUpstream::InitialMetadata() const {
  return started_ ? ForCaller(context_.GetServerInitialMetadata()) : Headers();
}

Headers HttpUpstream::TrailingMetadata() const {
  return ForCaller(context_.GetServerTrailingMetadata());
}

void HttpUpstream::Post(std::function<void()> change) {
  // The connection, and so all that runs it, must not end while gRPC's thread is still in here;
  // this object may.
  const std::shared_ptr<const std::function<void()>> keep = wake_;
  boost::asio::post(executor_, [self = shared_from_this(), change = std::move(change)] {
    change();
    if (self->wake_ != nullptr) (*self->wake_)();
  });
}

void HttpUpstream::OnReadInitialMetadataDone(bool ok) {
  if (ok) Post([this] { started_ = true; });
}

void HttpUpstream::OnReadDone(bool ok) {
  Post([this, ok] {
    reading_ = false;
    if (ok) {
      message_ = ToText(in_);
      in_.Clear();
    }
    if (!ok || cancelled_) StopReads();
  });
}

void HttpUpstream::OnWriteDone(bool ok) {
  Post([this, ok] {
    writing_ = false;
    out_.Clear();
    if (!ok || reads_ended_ || cancelled_) StopWrites();
  });
}

void HttpUpstream::OnDone(const grpc::Status& status) {
  Post([this, status] {
    status_ = status;
    // Whoever waits for this call is kept by it no longer.
    const auto wake = std::exchange(wake_, nullptr);
    self_.reset();
    (*wake)();
  });
}

// Nothing more comes from the service: no more goes to it either.
void HttpUpstream::StopReads() {
  if (reads_ended_) return;
  reads_ended_ = true;
  RemoveHold();
  if (!writing_) StopWrites();
}

void HttpUpstream::StopWrites() {
  if (writes_ended_) return;
  writes_ended_ = true;
  RemoveHold();
}

}  // namespace pitlane::gateway
