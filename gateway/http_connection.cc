#include "gateway/http_connection.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/beast/http/error.hpp"
#include "gateway/cors.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"

namespace pitlane::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr size_t kReadBytes = 4 << 10;
constexpr size_t kWriteBytes = 64 << 10;
// A client that sends ahead gets no further than this.
constexpr size_t kMaxUnusedBytes = 64 << 10;
constexpr size_t kSlowestBytesPerSecond = 1 << 10;
// For a client to stop sending, once it has its answer.
constexpr absl::Duration kLinger = absl::Seconds(2);
constexpr size_t kMaxLingerBytes = 1 << 20;
constexpr int kContinue = 100;

// Metadata as gRPC knows it, out of an HTTP request.
class HttpCarrier final : public rpc::internal::Carrier {
 public:
  HttpCarrier(const HttpHead& head, const std::string& peer, std::optional<absl::Duration> timeout)
      : head_(head),
        peer_(peer),
        deadline_(timeout.has_value() ? absl::Now() + *timeout : absl::InfiniteFuture()) {}

  std::optional<std::string> Metadata(std::string_view key) const override {
    if (head_.Count(key) != 1) return std::nullopt;
    return *head_.Find(key);
  }
  std::string Peer() const override { return peer_; }
  absl::Duration TimeLeft() const override {
    return deadline_ == absl::InfiniteFuture() ? absl::InfiniteDuration() : deadline_ - absl::Now();
  }
  void AddTrailer(std::string key, std::string value) override {
    trailers_.emplace_back(std::move(key), std::move(value));
  }
  const Headers& trailers() const { return trailers_; }

 private:
  const HttpHead& head_;
  const std::string& peer_;
  const absl::Time deadline_;
  Headers trailers_;
};

bool IsMetadataKey(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

// gRPC ends the process when it is given metadata that it would not send.
absl::Status AddMetadata(const Door& door, const HttpHead& head, grpc::ClientContext& context) {
  for (const auto& [key, value] : head.headers) {
    if (!door.GoesToService(key)) continue;
    if (!IsMetadataKey(key)) return rpc::Invalid(key, "is no name for metadata");
    if (!absl::EndsWith(key, "-bin")) {
      std::string text = value;
      for (char& c : text) c = c == '\t' ? ' ' : c;
      context.AddMetadata(key, text);
      continue;
    }
    auto bytes = Base64Decode(value);
    if (!bytes.ok()) return rpc::Invalid(key, "must be base64");
    context.AddMetadata(key, *bytes);
  }
  return absl::OkStatus();
}

absl::Status ClientLeft() { return rpc::internal::CallerLeft(); }

absl::Status TooSlow(std::string_view what) {
  return rpc::MakeError(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                        absl::StrCat(ToAbsl(what), " did not arrive in time"));
}

absl::Status NotOneRequest() {
  return rpc::MakeError(absl::StatusCode::kUnimplemented, common::v1::FIELD_INVALID,
                        "this method takes exactly one request");
}

}  // namespace

// What belongs to one call, while it is answered.
struct HttpConnection::Call {
  Call(HttpConnection& connection, HttpParser& request, const Plan& its_plan)
      : parser(request),
        plan(its_plan),
        carrier(parser.head(), connection.peer_, plan.timeout),
        passage(connection.shared_.door(), carrier, parser.head().path),
        reader(plan, passage.method(), connection.shared_.door().options().max_message_bytes) {}

  HttpParser& parser;
  const Plan& plan;
  HttpCarrier carrier;
  Passage passage;
  MessageReader reader;
  std::optional<AnswerWriter> writer;
  std::shared_ptr<HttpUpstream> upstream;
  bool one_request = true;
  const Clock::time_point began = Clock::now();
  size_t body_bytes = 0;
  bool body_ended = false;        // told the reader
  bool head_sent = false;         // of a framed answer
  bool routed = true;             // some service has the method
  std::deque<std::string> early;  // responses that came before the requests had ended
  size_t early_bytes = 0;
  std::string response;  // of an answer without frames
  bool has_response = false;
};

void HttpConnection::Start(std::unique_ptr<Transport> transport, HttpShared& shared,
                           std::string peer) {
  std::shared_ptr<HttpConnection> connection(
      new HttpConnection(std::move(transport), shared, std::move(peer)));
  shared.Add(connection);
  const auto executor = connection->transport_->executor();
  asio::co_spawn(
      executor, [connection]() -> Task<> { return connection->Run(); },
      [connection](const std::exception_ptr& error) {
        PITLANE_CHECK(error == nullptr) << "a connection threw";
      });
}

HttpConnection::HttpConnection(std::unique_ptr<Transport> transport, HttpShared& shared,
                               std::string peer)
    : shared_(shared),
      peer_(std::move(peer)),
      transport_(std::move(transport)),
      timer_(transport_->executor()) {}

// The last to let go may be a thread of gRPC: once the place is given back, nothing here may need
// what runs connections any more.
HttpConnection::~HttpConnection() {
  timer_.reset();
  transport_.reset();
  shared_.Remove(this);
  shared_.Leave();
}

HttpConnection::Task<> HttpConnection::Run() {
  while (co_await Exchange()) {
  }
  if ((more_to_come_ || !in_.empty()) && !shared_.stopped()) co_await Linger();
  transport_->Close();
  error_code ignored;
  timer_->cancel(ignored);
}

// --- waiting -----------------------------------------------------------------------------------

void HttpConnection::Wake() {
  woken_ = true;
  if (waiter_) asio::post(transport_->executor(), std::exchange(waiter_, nullptr));
}

void HttpConnection::WakeFromOutside() {
  asio::post(transport_->executor(), [self = shared_from_this()] { self->Wake(); });
}

HttpConnection::Task<> HttpConnection::Woken() {
  if (!woken_) {
    const asio::use_awaitable_t<> token;
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [this](auto handler) {
          // Shared only because std::function must be able to copy it; called once.
          auto held = std::make_shared<decltype(handler)>(std::move(handler));
          waiter_ = [held] { std::move (*held)(); };
        },
        token);
  }
  woken_ = false;
}

template <typename Condition>
HttpConnection::Task<bool> HttpConnection::Until(Condition condition) {
  while (!condition()) {
    if (Expired() || shared_.stopped()) co_return false;
    co_await Woken();
  }
  co_return true;
}

void HttpConnection::SetDeadline(absl::Duration timeout) {
  if (timeout == absl::InfiniteDuration()) {
    deadline_ = Clock::time_point::max();
    error_code ignored;
    timer_->cancel(ignored);
    return;
  }
  deadline_ = Clock::now() + absl::ToChronoNanoseconds(timeout);
  timer_->expires_at(deadline_);
  timer_->async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->Wake();
  });
}

void HttpConnection::KeepReading() {
  if (reading_ || closed_ || in_.size() >= kMaxUnusedBytes) return;
  reading_ = true;
  chunk_.resize(kReadBytes);
  transport_->Read(asio::buffer(chunk_),
                   [self = shared_from_this()](error_code error, size_t size) {
                     self->reading_ = false;
                     self->in_.append(self->chunk_, 0, size);
                     if (error) self->closed_ = true;
                     self->Wake();
                   });
}

HttpConnection::Task<bool> HttpConnection::Write(std::string bytes) {
  const auto held = std::make_shared<const std::string>(std::move(bytes));
  bool written = !write_failed_;
  for (size_t from = 0; written && from < held->size(); from += kWriteBytes) {
    written = co_await WritePiece(held, from);
  }
  co_return written;
}

HttpConnection::Task<bool> HttpConnection::WritePiece(std::shared_ptr<const std::string> bytes,
                                                      size_t from) {
  writing_ = true;
  const auto piece = asio::buffer(asio::buffer(*bytes) + from, kWriteBytes);
  transport_->Write(piece, [self = shared_from_this(), bytes](error_code error, size_t) {
    self->writing_ = false;
    if (error) self->write_failed_ = true;
    self->Wake();
  });
  SetDeadline(shared_.options().write_timeout);
  const bool ended = co_await Until([this] { return !writing_; });
  SetDeadline(absl::InfiniteDuration());
  if (!ended) {
    if (!shared_.stopped()) shared_.CountTimeout("write");
    write_failed_ = true;
    closed_ = true;
    // Ends the write, too.
    transport_->Close();
  }
  co_return !write_failed_;
}

// A client that is still sending would lose the answer if the connection were closed under it.
HttpConnection::Task<> HttpConnection::Linger() {
  if (write_failed_) co_return;
  transport_->EndWrites();
  SetDeadline(kLinger);
  size_t ignored = 0;
  while (!closed_ && ignored < kMaxLingerBytes) {
    ignored += in_.size();
    in_.clear();
    KeepReading();
    const bool more = co_await Until([this] { return closed_ || !in_.empty(); });
    if (!more) break;
  }
}

// --- one request -------------------------------------------------------------------------------

HttpConnection::Task<bool> HttpConnection::WaitForRequest() {
  SetDeadline(shared_.options().idle_timeout);
  KeepReading();
  const bool came = co_await Until(
      [this] { return !in_.empty() || closed_ || (shared_.draining() && in_.empty()); });
  co_return came && !in_.empty();
}

HttpConnection::Task<bool> HttpConnection::Exchange() {
  if (shared_.draining()) co_return false;
  const bool came = co_await WaitForRequest();
  if (!came) co_return false;
  HttpParser parser(shared_.options().max_header_bytes);
  const bool read = co_await ReadHead(parser);
  if (!read) co_return false;
  const bool keep = co_await Answer(parser);
  co_return keep && !shared_.draining();
}

HttpConnection::Task<bool> HttpConnection::ReadHead(HttpParser& parser) {
  SetDeadline(shared_.options().header_timeout);
  std::optional<HttpFault> fault;
  while (!parser.is_header_done() && !fault.has_value()) {
    error_code error;
    in_.erase(0, parser.put(asio::buffer(in_), error));
    if (!error) continue;
    if (error != http::error::need_more) {
      fault = DescribeParseError(error);
      break;
    }
    const size_t had = in_.size();
    KeepReading();
    // A byte now and then is not enough.
    const bool more = !Expired() && co_await Until([&] { return in_.size() > had || closed_; });
    if (!more) {
      if (shared_.stopped()) co_return false;
      shared_.CountTimeout("headers");
      fault = HttpFault{408, "the headers did not arrive in time"};
    } else if (in_.size() == had) {
      co_return false;
    }
  }
  if (!fault.has_value()) fault = CheckHead(parser.head());
  if (!fault.has_value()) co_return true;
  shared_.CountRefusal(fault->status);
  more_to_come_ = true;
  co_await Write(PlainAnswer(*fault, CorsHeaders(parser.head(), shared_.options().allowed_origins),
                             /*keep=*/false, Now()));
  co_return false;
}

HttpConnection::Task<bool> HttpConnection::Answer(HttpParser& parser) {
  const HttpHead& head = parser.head();
  const auto& origins = shared_.options().allowed_origins;
  if (IsPreflight(head) && parser.is_done()) {
    const bool written =
        co_await Write(EmptyAnswer(PreflightHeaders(head, origins), parser.keep_alive(), Now()));
    const bool again = written && parser.keep_alive();
    co_return again;
  }
  Headers headers = CorsHeaders(head, origins);
  if (head.Count("x-request-id") == 1) {
    headers.emplace_back("x-request-id", *head.Find("x-request-id"));
  }
  if (const docs::SiteFile* file = FindStaticFile(head.path); file != nullptr) {
    const bool again = co_await AnswerFile(parser, *file, std::move(headers));
    co_return again;
  }
  const Method& method = shared_.door().methods().Find(head.path);
  const auto plan = MakePlan(head, method);
  if (const auto* refusal = std::get_if<HttpRefusal>(&plan); refusal != nullptr) {
    DropBody(parser);
    shared_.CountRefusal(refusal->fault.status);
    headers.insert(headers.end(), refusal->headers.begin(), refusal->headers.end());
    const bool keep = parser.is_done() && parser.keep_alive();
    more_to_come_ = !parser.is_done();
    const bool written = co_await Write(PlainAnswer(refusal->fault, headers, keep, Now()));
    const bool again = written && keep;
    co_return again;
  }
  shared_.CountRequest(std::get<Plan>(plan));
  const bool keep = co_await AnswerCall(parser, std::get<Plan>(plan), std::move(headers));
  more_to_come_ = !parser.is_done();
  co_return keep;
}

HttpConnection::Task<bool> HttpConnection::AnswerFile(HttpParser& parser,
                                                      const docs::SiteFile& file, Headers headers) {
  DropBody(parser);
  const bool keep = parser.is_done() && parser.keep_alive();
  more_to_come_ = !parser.is_done();
  const bool written =
      co_await Write(StaticAnswer(parser.head(), file, std::move(headers), keep, Now()));
  co_return written&& keep;
}

HttpConnection::Task<bool> HttpConnection::AnswerCall(HttpParser& parser, const Plan& plan,
                                                      Headers headers) {
  SetDeadline(absl::InfiniteDuration());
  Call call(*this, parser, plan);
  absl::Status ours = call.passage.Admit();
  call.routed = ours.ok() || !rpc::HasReason(ours, common::v1::METHOD_UNKNOWN);
  ours.Update(plan.fault);
  if (ours.ok()) {
    ours = co_await SendRequests(call);
  } else {
    DropBody(parser);
  }
  // Only what was read to its end can be followed by another request.
  const bool keep = parser.is_done() && parser.keep_alive() && !shared_.draining();
  call.writer.emplace(plan, call.passage.method(),
                      AnswerWriter::Context{.http_version = parser.head().version,
                                            .headers = std::move(headers),
                                            .keep = keep,
                                            .now = Now()});
  if (ours.ok()) ours = co_await ReceiveResponses(call);
  if (call.upstream != nullptr) {
    if (!ours.ok() || closed_ || write_failed_ || shared_.stopped()) {
      call.passage.MarkCancelled();
      call.upstream->Cancel();
    }
    // It comes for certain, and soon: nothing may be left of the call when this is over.
    while (!call.upstream->done()) co_await Woken();
  }
  co_await SendEnd(call, ours);
  co_return call.writer->keeps_connection() && !write_failed_;
}

HttpConnection::Task<> HttpConnection::SendEnd(Call& call, const absl::Status& ours) {
  const bool asked = call.upstream != nullptr;
  const grpc::Status status =
      ours.ok() ? call.passage.Conclude(call.upstream->status()) : call.passage.Refuse(ours);
  if (closed_ && !call.parser.is_done()) co_return;
  const Headers initial = asked ? call.upstream->InitialMetadata() : Headers();
  const Headers trailing =
      asked && call.upstream->done() ? call.upstream->TrailingMetadata() : Headers();
  if (!call.plan.framed()) {
    grpc::Status result = status;
    if (status.ok() && !call.has_response) {
      result = rpc::ToGrpcStatus(rpc::Internal("the service gave no answer"));
    }
    co_await Write(
        call.writer->Whole(result, initial, call.response, trailing, call.routed ? 0 : 404));
    co_return;
  }
  std::string bytes = call.head_sent ? std::string() : call.writer->Start(initial);
  bytes.append(call.writer->End(status, trailing));
  co_await Write(std::move(bytes));
}

// --- requests ----------------------------------------------------------------------------------

std::optional<HttpFault> HttpConnection::ParseBody(HttpParser& parser) {
  while (!parser.is_done() && !in_.empty()) {
    error_code error;
    const size_t used = parser.put(asio::buffer(in_), error);
    in_.erase(0, used);
    if (error && error != http::error::need_more) return DescribeParseError(error);
    if (used == 0) break;
  }
  return std::nullopt;
}

void HttpConnection::DropBody(HttpParser& parser) {
  while (!parser.is_done() && !in_.empty()) {
    if (ParseBody(parser).has_value() || parser.body_bytes_waiting() == 0) return;
    parser.TakeBody();
  }
}

HttpConnection::Task<absl::StatusOr<std::optional<std::string>>> HttpConnection::NextMessage(
    Call& call) {
  using Result = absl::StatusOr<std::optional<std::string>>;
  while (true) {
    Result message = call.reader.Next();
    if (!message.ok() || message->has_value() || call.body_ended) co_return message;
    const std::optional<HttpFault> fault = ParseBody(call.parser);
    if (fault.has_value()) {
      shared_.CountRefusal(fault->status);
      co_return rpc::Invalid("(body)", fault->problem);
    }
    if (call.parser.body_bytes_waiting() > 0) {
      const std::string piece = call.parser.TakeBody();
      call.body_bytes += piece.size();
      absl::Status taken = call.reader.Append(piece);
      if (!taken.ok()) co_return taken;
      continue;
    }
    if (call.parser.is_done()) {
      call.body_ended = true;
      absl::Status ended = call.reader.End();
      if (!ended.ok()) co_return ended;
      continue;
    }
    const size_t had = in_.size();
    KeepReading();
    SetDeadline(shared_.options().body_timeout);
    if (call.one_request) {
      const auto slowest = call.began + absl::ToChronoNanoseconds(shared_.options().body_timeout) +
                           std::chrono::seconds(call.body_bytes / kSlowestBytesPerSecond);
      deadline_ = std::min(deadline_, slowest);
    }
    // A byte now and then is not enough.
    const bool more = !Expired() && co_await Until([&] {
      return in_.size() > had || closed_ || (call.upstream != nullptr && call.upstream->done());
    });
    SetDeadline(absl::InfiniteDuration());
    if (!more) {
      if (shared_.stopped()) co_return ClientLeft();
      shared_.CountTimeout("body");
      co_return TooSlow("the body");
    }
    if (in_.size() > had) continue;
    if (closed_) co_return ClientLeft();
    // The service has ended the call, and takes no more.
    co_return Result(std::nullopt);
  }
}

HttpConnection::Task<absl::Status> HttpConnection::SendRequests(Call& call) {
  const std::string* expect = call.parser.head().Find("expect");
  if (expect != nullptr && absl::EqualsIgnoreCase(*expect, "100-continue") &&
      !call.parser.is_done() && in_.empty()) {
    const bool written = co_await Write(absl::StrCat("HTTP/1.1 ", kContinue, " Continue\r\n\r\n"));
    if (!written) co_return ClientLeft();
  }
  call.upstream = std::make_shared<HttpUpstream>(transport_->executor(),
                                                 [self = shared_from_this()] { self->Wake(); });
  absl::Status added = AddMetadata(shared_.door(), call.parser.head(), call.upstream->context());
  if (!added.ok()) {
    call.upstream.reset();
    co_return added;
  }
  call.passage.Prepare(call.upstream->context());
  // Of a method that only a newer service knows, the form of the request says what it takes.
  const Method& method = call.passage.method();
  call.one_request =
      method.descriptor != nullptr ? !method.client_streaming() : !call.plan.framed();
  absl::Status sent;
  if (call.one_request) {
    sent = co_await SendOne(call);
  } else {
    sent = co_await SendStream(call);
  }
  co_return sent;
}

HttpConnection::Task<absl::Status> HttpConnection::SendOne(Call& call) {
  auto first = co_await NextMessage(call);
  if (first.ok() && !first->has_value()) first = NotOneRequest();
  if (first.ok()) {
    const auto second = co_await NextMessage(call);
    if (!second.ok()) {
      first = second.status();
    } else if (second->has_value()) {
      first = NotOneRequest();
    }
  }
  if (!first.ok()) {
    call.upstream.reset();
    co_return first.status();
  }
  call.upstream->Start(call.passage.backend().stub, call.passage.path(), **first);
  co_return absl::OkStatus();
}

HttpConnection::Task<absl::Status> HttpConnection::SendStream(Call& call) {
  HttpUpstream& upstream = *call.upstream;
  upstream.Start(call.passage.backend().stub, call.passage.path(), std::nullopt);
  const size_t max_early = shared_.door().options().max_message_bytes;
  while (true) {
    const auto message = co_await NextMessage(call);
    if (!message.ok()) co_return message.status();
    if (!message->has_value() || upstream.reads_ended()) break;
    upstream.Write(**message);
    while (upstream.writing()) {
      // HTTP/1.1 clients take no answer before they have sent everything; so it waits here.
      if (upstream.has_message()) {
        call.early.push_back(upstream.TakeMessage());
        call.early_bytes += call.early.back().size();
        if (call.early_bytes > max_early) {
          co_return rpc::MakeError(
              absl::StatusCode::kResourceExhausted, common::v1::MESSAGE_TOO_LARGE,
              "the service answers while requests still come: call it by gRPC over HTTP/2");
        }
        upstream.Read();
      }
      KeepReading();
      if (closed_ && in_.empty()) co_return ClientLeft();
      if (shared_.stopped()) co_return ClientLeft();
      co_await Woken();
    }
  }
  if (call.body_ended) upstream.EndWrites();
  co_return absl::OkStatus();
}

// --- responses ---------------------------------------------------------------------------------

// A message, the end of them, or the client's leaving.
HttpConnection::Task<> HttpConnection::WaitForResponse(Call& call) {
  HttpUpstream& upstream = *call.upstream;
  while (!upstream.has_message() && !upstream.reads_ended() && !closed_ && !shared_.stopped()) {
    if (upstream.wants_read()) upstream.Read();
    if (call.plan.framed() && upstream.started() && !call.head_sent) {
      call.head_sent = true;
      const bool written = co_await Write(call.writer->Start(upstream.InitialMetadata()));
      if (!written) co_return;
      continue;
    }
    KeepReading();
    co_await Woken();
  }
}

HttpConnection::Task<absl::Status> HttpConnection::ReceiveResponses(Call& call) {
  HttpUpstream& upstream = *call.upstream;
  while (true) {
    std::string message;
    if (!call.early.empty()) {
      message = std::move(call.early.front());
      call.early.pop_front();
    } else {
      co_await WaitForResponse(call);
      if (closed_ || write_failed_ || shared_.stopped()) co_return ClientLeft();
      if (!upstream.has_message()) co_return absl::OkStatus();
      message = upstream.TakeMessage();
    }
    if (!call.plan.framed()) {
      if (call.has_response) co_return rpc::Internal("the service gave more than one answer");
      call.has_response = true;
      call.response = std::move(message);
      continue;
    }
    const auto frame = call.writer->Message(message);
    if (!frame.ok()) co_return frame.status();
    std::string bytes;
    if (!call.head_sent) bytes = call.writer->Start(upstream.InitialMetadata());
    call.head_sent = true;
    const bool written = co_await Write(bytes + *frame);
    if (!written) co_return ClientLeft();
  }
}

}  // namespace pitlane::gateway
