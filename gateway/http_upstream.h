// The service's side of a call that came by HTTP: gRPC's reactions, brought to the thread of the
// connection.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "boost/asio/any_io_executor.hpp"
#include "gateway/http_request.h"
#include "gateway/router.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/client_callback.h"

namespace pitlane::gateway {

// All methods on `executor`, which must be a strand. Keeps itself until gRPC is done with it, which
// is soon after Cancel. One message is in flight in each direction.
class HttpUpstream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                           public std::enable_shared_from_this<HttpUpstream> {
 public:
  // `wake` is called on `executor` whenever something below has changed.
  HttpUpstream(boost::asio::any_io_executor executor, std::function<void()> wake);

  // For metadata and deadline; before Start.
  grpc::ClientContext& context() { return context_; }

  // With the only request of the call, or with requests to be written.
  void Start(Backend::Stub& stub, const std::string& path, const std::optional<std::string>& only);
  // Not while writing(). Does nothing when the service takes no more.
  void Write(const std::string& message);
  void EndWrites();
  // When wants_read().
  void Read();
  // Ends the call from our side; done() follows.
  void Cancel();

  bool writing() const { return writing_; }
  // Neither is a read under way nor has a message not been taken.
  bool wants_read() const { return !reading_ && !message_.has_value(); }
  bool started() const { return started_; }  // the service's first metadata is there
  // Not before started(): gRPC may tell of a message before it tells of the metadata.
  bool has_message() const { return started_ && message_.has_value(); }
  std::string TakeMessage();
  bool reads_ended() const { return reads_ended_; }
  bool done() const { return status_.has_value(); }
  // When done().
  const grpc::Status& status() const { return *status_; }

  // The service's metadata that goes to the caller: when started(), and when done().
  Headers InitialMetadata() const;
  Headers TrailingMetadata() const;

 private:
  void OnReadInitialMetadataDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  void Post(std::function<void()> change);
  void StopReads();
  void StopWrites();

  const boost::asio::any_io_executor executor_;
  // Shared, so that a reaction can keep what is woken; see Post.
  std::shared_ptr<const std::function<void()>> wake_;
  std::shared_ptr<HttpUpstream> self_;
  grpc::ClientContext context_;
  grpc::ByteBuffer out_;
  grpc::ByteBuffer in_;
  bool started_ = false;
  bool writing_ = false;
  bool reading_ = false;
  bool cancelled_ = false;
  // Each direction holds the call open until it has stopped.
  bool writes_ended_ = false;
  bool reads_ended_ = false;
  std::optional<std::string> message_;
  std::optional<grpc::Status> status_;
};

}  // namespace pitlane::gateway
