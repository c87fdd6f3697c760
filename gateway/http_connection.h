// One HTTP/1.1 connection: requests one after the other, each a call to a service.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/steady_timer.hpp"
#include "gateway/answer.h"
#include "gateway/http_request.h"
#include "gateway/http_shared.h"
#include "gateway/http_upstream.h"
#include "gateway/message_reader.h"
#include "gateway/passage.h"
#include "gateway/static_files.h"
#include "gateway/transport.h"

namespace pitlane::gateway {

// Keeps itself until the connection has ended. On the transport's strand.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
 public:
  // `peer`: "ipv4:10.0.0.7:51234". The place that HttpShared::Enter gave is given back in the end.
  static void Start(std::unique_ptr<Transport> transport, HttpShared& shared, std::string peer);
  ~HttpConnection();

  // From any thread: looks again at what it waits for.
  void WakeFromOutside();

 private:
  template <typename T = void>
  using Task = boost::asio::awaitable<T>;
  using Clock = std::chrono::steady_clock;
  struct Call;

  HttpConnection(std::unique_ptr<Transport> transport, HttpShared& shared, std::string peer);

  Task<> Run();
  // One request and its answer; whether the connection is good for another.
  Task<bool> Exchange();
  Task<bool> WaitForRequest();
  Task<bool> ReadHead(HttpParser& parser);
  Task<bool> Answer(HttpParser& parser);
  Task<bool> AnswerFile(HttpParser& parser, const docs::SiteFile& file, Headers headers);
  Task<bool> AnswerCall(HttpParser& parser, const Plan& plan, Headers headers);
  // The requests' direction: what is wrong with it, or nothing.
  Task<absl::Status> SendRequests(Call& call);
  Task<absl::Status> SendOne(Call& call);
  Task<absl::Status> SendStream(Call& call);
  Task<absl::StatusOr<std::optional<std::string>>> NextMessage(Call& call);
  // The responses' direction: what went wrong here, or nothing.
  Task<absl::Status> ReceiveResponses(Call& call);
  Task<> WaitForResponse(Call& call);
  Task<> SendEnd(Call& call, const absl::Status& ours);
  Task<bool> Write(std::string bytes);
  Task<bool> WritePiece(std::shared_ptr<const std::string> bytes, size_t from);
  Task<> Linger();

  // Waits until `condition` holds; false when the deadline passed, or the connection was stopped,
  // before that.
  template <typename Condition>
  Task<bool> Until(Condition condition);
  Task<> Woken();
  void Wake();
  void SetDeadline(absl::Duration timeout);
  bool Expired() const { return Clock::now() >= deadline_; }
  // Keeps a read going while there is room, also to notice that the client has left.
  void KeepReading();
  // Takes what is there of the body; nullopt: all is well.
  std::optional<HttpFault> ParseBody(HttpParser& parser);
  // Throws away what is there of a body that nobody wants, so that another request may follow.
  void DropBody(HttpParser& parser);
  absl::Time Now() { return shared_.door().env().clock().Now(); }

  HttpShared& shared_;
  const std::string peer_;
  std::unique_ptr<Transport> transport_;
  std::optional<boost::asio::steady_timer> timer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  std::function<void()> waiter_;  // what waits to be woken
  bool woken_ = false;

  std::string chunk_;  // where a read goes
  std::string in_;     // read, but not used yet
  bool reading_ = false;
  bool closed_ = false;  // nothing more comes from the client
  bool writing_ = false;
  bool write_failed_ = false;
  bool more_to_come_ = false;  // answered before the request had been read to its end
};

}  // namespace pitlane::gateway
