#include "gateway/listener.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/ip/v6_only.hpp"
#include "boost/asio/local/connect_pair.hpp"
#include "boost/asio/local/stream_protocol.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/ssl/context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/strand.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/write.hpp"
#include "gateway/cors.h"
#include "gateway/http_connection.h"
#include "gateway/transport.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/rpc/log.h"

namespace pitlane::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using boost::system::error_code;

// As much of "PRI * HTTP/2.0" as no HTTP/1.1 method begins with.
constexpr std::string_view kHttp2Start = "PRI";
// A client of gRPC's C core may send nothing before it has the server's settings; one of HTTP/1.1
// always speaks first. Who is silent that long gets an empty SETTINGS frame, and still has to say
// what it is in time. A browser drops a connection that it opened in advance when something comes.
constexpr auto kServerSpeaksAfter = std::chrono::milliseconds(100);
constexpr std::string_view kEmptySettings("\0\0\0\x04\0\0\0\0\0", 9);
constexpr std::string_view kAlpnHttp2 = "\x02h2";
constexpr std::string_view kAlpnHttp1 = "\x08http/1.1";
constexpr size_t kPumpBytes = 16 << 10;
constexpr int kBacklog = 1024;
// Whether a client lives is asked by TCP: HTTP/1.1 has no ping of its own.
constexpr int kKeepAliveIdleSeconds = 60;
constexpr int kKeepAliveIntervalSeconds = 20;
constexpr int kKeepAliveProbes = 3;
// When no file descriptor is left, accepting again at once would only spin.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

struct HostPort {
  std::string host;
  uint16_t port = 0;
};

absl::StatusOr<HostPort> Split(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(listen.substr(colon + 1), &port) || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("'", listen, "' is no HOST:PORT"));
  }
  std::string host = listen.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return HostPort{std::move(host), static_cast<uint16_t>(port)};
}

std::string PeerName(const tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return "unknown";
  const bool v6 = endpoint.address().is_v6();
  return absl::StrCat(v6 ? "ipv6:[" : "ipv4:", endpoint.address().to_string(), v6 ? "]:" : ":",
                      endpoint.port());
}

void Prepare(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const int fd = socket.native_handle();
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepAliveIdleSeconds, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepAliveIntervalSeconds, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kKeepAliveProbes, sizeof(int));
  fcntl(fd, F_SETFD, FD_CLOEXEC);
}

bool Offers(const unsigned char* offered, unsigned int size, std::string_view protocol) {
  const std::string_view list(reinterpret_cast<const char*>(offered), size);
  for (size_t at = 0; at < list.size(); at += 1 + static_cast<uint8_t>(list[at])) {
    if (list.substr(at, protocol.size()) == protocol) return true;
  }
  return false;
}

// `grpc_only` is a bool.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned int offered_size, void* grpc_only) {
  const bool http1 = !*static_cast<const bool*>(grpc_only);
  const std::string_view choice = http1 && Offers(offered, offered_size, kAlpnHttp1) ? kAlpnHttp1
                                  : Offers(offered, offered_size, kAlpnHttp2)        ? kAlpnHttp2
                                                                              : std::string_view();
  if (choice.empty()) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = reinterpret_cast<const unsigned char*>(choice.data()) + 1;
  *chosen_size = static_cast<unsigned char>(choice.size() - 1);
  return SSL_TLSEXT_ERR_OK;
}

bool IsHttp2(TlsStream& stream) {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(stream.native_handle(), &name, &size);
  return std::string_view(reinterpret_cast<const char*>(name), size) == kAlpnHttp2.substr(1);
}

absl::Status Load(const char* what, const std::string& path, const error_code& error) {
  if (!error) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the ", what, " ", path, " cannot be used: ", error.message()));
}

// `grpc_only` must outlive it.
absl::StatusOr<std::unique_ptr<asio::ssl::context>> TlsContext(const rpc::TlsFiles& files,
                                                               const bool& grpc_only) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  error_code error;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                           asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_compression,
                       error);
  context->use_certificate_chain_file(files.certificate, error);
  RETURN_IF_ERROR(Load("certificate", files.certificate, error));
  context->use_private_key_file(files.private_key, asio::ssl::context::pem, error);
  RETURN_IF_ERROR(Load("private key", files.private_key, error));
  if (!files.authorities.empty()) {
    context->load_verify_file(files.authorities, error);
    RETURN_IF_ERROR(Load("authorities' certificate", files.authorities, error));
    context->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert,
                             error);
  }
  SSL_CTX_set_alpn_select_cb(context->native_handle(), ChooseProtocol,
                             const_cast<bool*>(&grpc_only));
  return context;
}

}  // namespace

class Listener::Impl {
 public:
  Impl(const ListenerOptions& options, Door& door, rpc::Server& grpc)
      : options_(options),
        grpc_(grpc),
        shared_(door, options.http),
        acceptor_(asio::make_strand(io_)) {}

  ~Impl() {
    Drain();
    Shutdown(absl::ZeroDuration());
    work_.reset();
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Status Start() {
    for (const std::string& origin : options_.http.allowed_origins) {
      RETURN_IF_ERROR(CheckOrigin(origin));
    }
    // What gRPC would refuse for a server, it refuses here, too.
    RETURN_IF_ERROR(
        rpc::ServerCredentialsFor(options_.tls, options_.listen, options_.allow_plaintext)
            .status());
    if (options_.tls.has_value()) {
      ASSIGN_OR_RETURN(tls_, TlsContext(*options_.tls, options_.grpc_only));
    }
    RETURN_IF_ERROR(Bind());
    work_.emplace(io_.get_executor());
    SpawnOn(acceptor_.get_executor(), Accept());
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { io_.run(); });
    return absl::OkStatus();
  }

  void Drain() {
    if (draining_.exchange(true)) return;
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    {
      absl::MutexLock lock(&mutex_);
      for (const auto& close : undecided_) close();
    }
    shared_.Drain();
  }

  void Shutdown(absl::Duration grace) {
    if (threads_.empty()) return;
    if (shared_.WaitUntilEmpty(grace)) return;
    shared_.Stop();
    shared_.WaitUntilEmpty(absl::InfiniteDuration());
  }

  int port_ = 0;
  std::string address_;

 private:
  template <typename T = void>
  using Task = asio::awaitable<T>;

  template <typename Executor>
  static void SpawnOn(Executor executor, Task<> task) {
    asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& error) {
      PITLANE_CHECK(error == nullptr) << "a connection threw";
    });
  }

  // A connection that has not said yet what it is. In what is undecided_ until it has, or has had
  // its time, or the listener drains.
  template <typename Socket>
  class Undecided {
   public:
    Undecided(Impl& listener, std::shared_ptr<Socket> socket)
        : listener_(listener), socket_(std::move(socket)), timer_(socket_->get_executor()) {
      const auto close = [weak = std::weak_ptr<Socket>(socket_)] {
        const std::shared_ptr<Socket> held = weak.lock();
        error_code ignored;
        if (held != nullptr) held->lowest_layer().close(ignored);
      };
      timer_.expires_after(absl::ToChronoNanoseconds(listener_.options_.http.header_timeout));
      timer_.async_wait([close](error_code error) {
        if (!error) close();
      });
      absl::MutexLock lock(&listener_.mutex_);
      at_ = listener_.undecided_.emplace(
          listener_.undecided_.end(),
          [executor = socket_->get_executor(), close] { asio::post(executor, close); });
    }
    ~Undecided() {
      absl::MutexLock lock(&listener_.mutex_);
      listener_.undecided_.erase(at_);
    }
    Undecided(const Undecided&) = delete;
    Undecided& operator=(const Undecided&) = delete;

   private:
    Impl& listener_;
    const std::shared_ptr<Socket> socket_;
    asio::steady_timer timer_;
    std::list<std::function<void()>>::iterator at_;
  };

  absl::Status Bind() {
    ASSIGN_OR_RETURN(const HostPort where, Split(options_.listen));
    error_code error;
    tcp::resolver resolver(io_);
    const auto found =
        resolver.resolve(where.host, absl::StrCat(where.port), tcp::resolver::passive, error);
    if (error || found.empty()) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", options_.listen, ": ", error.message()));
    }
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    // "[::]" stands for both kinds of addresses.
    if (!error && endpoint.protocol() == tcp::v6()) {
      acceptor_.set_option(asio::ip::v6_only(false), error);
    }
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(kBacklog, error);
    if (error) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen, ": ",
                                                 error.message(),
                                                 "; is another process using it?"));
    }
    fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);
    port_ = acceptor_.local_endpoint(error).port();
    address_ = absl::StrCat(options_.listen.substr(0, options_.listen.rfind(':')), ":", port_);
    return absl::OkStatus();
  }

  Task<> Accept() {
    asio::steady_timer pause(acceptor_.get_executor());
    while (!draining_) {
      error_code error;
      auto strand = asio::make_strand(io_);
      tcp::socket socket =
          co_await acceptor_.async_accept(strand, asio::redirect_error(asio::use_awaitable, error));
      if (error) {
        if (draining_) co_return;
        rpc::LogEvent(spdlog::level::warn, "gateway_cannot_accept", {{"error", error.message()}});
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      if (!shared_.Enter()) continue;  // and the socket closes
      Prepare(socket);
      if (tls_ != nullptr) {
        SpawnOn(strand, ReceiveTls(std::make_shared<TlsStream>(std::move(socket), *tls_)));
      } else {
        SpawnOn(strand, Receive(std::make_shared<tcp::socket>(std::move(socket))));
      }
    }
  }

  // Speaks first once the socket has been silent for long enough, unless cancelled.
  static asio::steady_timer SpeakFirst(const std::shared_ptr<tcp::socket>& socket) {
    asio::steady_timer patience(socket->get_executor(), kServerSpeaksAfter);
    patience.async_wait([weak = std::weak_ptr<tcp::socket>(socket)](error_code error) {
      const std::shared_ptr<tcp::socket> held = weak.lock();
      if (error || held == nullptr || !held->is_open()) return;
      char first = 0;
      if (recv(held->native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0) return;
      // A buffer that nothing was written to has room for it; and if not, the client is late.
      send(held->native_handle(), kEmptySettings.data(), kEmptySettings.size(),
           MSG_DONTWAIT | MSG_NOSIGNAL);
    });
    return patience;
  }

  // Whether it is HTTP/2; nullopt when it never said. Leaves everything unread.
  static Task<std::optional<bool>> SaysHttp2(std::shared_ptr<tcp::socket> held) {
    tcp::socket& socket = *held;
    std::array<char, kHttp2Start.size()> start{};
    std::optional<bool> answer;
    asio::steady_timer patience = SpeakFirst(held);
    // Once for the first byte; and when that is gRPC's, once more for enough of them.
    for (int lowest = 1; lowest <= 3; lowest += 2) {
      error_code error;
      setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVLOWAT, &lowest, sizeof(lowest));
      co_await socket.async_wait(tcp::socket::wait_read,
                                 asio::redirect_error(asio::use_awaitable, error));
      if (error || !socket.is_open()) co_return std::nullopt;
      const ssize_t size =
          recv(socket.native_handle(), start.data(), start.size(), MSG_PEEK | MSG_DONTWAIT);
      if (size <= 0) break;
      patience.cancel();
      const std::string_view seen(start.data(), size);
      answer = seen == kHttp2Start;
      if (seen != kHttp2Start.substr(0, seen.size())) break;
    }
    const int lowest = 1;
    setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVLOWAT, &lowest, sizeof(lowest));
    co_return answer;
  }

  void Adopt(int descriptor, std::string peer) {
    shared_.door().HandedOver(descriptor, std::move(peer));
    grpc_.Adopt(descriptor);
  }

  // A connection's place goes with it to the HTTP connection; gRPC counts its own.
  Task<> Receive(std::shared_ptr<tcp::socket> socket) {
    std::optional<bool> http2;
    {
      const Undecided<tcp::socket> undecided(*this, socket);
      http2 = co_await SaysHttp2(socket);
      if (http2.has_value() && options_.grpc_only) http2 = true;
    }
    if (http2.has_value() && !*http2) {
      std::string peer = PeerName(*socket);
      HttpConnection::Start(Transport::Plain(std::move(*socket)), shared_, std::move(peer));
      co_return;
    }
    shared_.Leave();
    if (!http2.has_value()) co_return;
    error_code error;
    std::string peer = PeerName(*socket);
    socket->native_non_blocking(true, error);
    const int fd = socket->release(error);
    if (!error) Adopt(fd, std::move(peer));
  }

  Task<> ReceiveTls(std::shared_ptr<TlsStream> stream) {
    error_code error;
    {
      const Undecided<TlsStream> undecided(*this, stream);
      co_await stream->async_handshake(asio::ssl::stream_base::server,
                                       asio::redirect_error(asio::use_awaitable, error));
    }
    if (!error && stream->lowest_layer().is_open() && !IsHttp2(*stream) && !options_.grpc_only) {
      std::string peer = PeerName(stream->next_layer());
      HttpConnection::Start(Transport::Tls(std::move(stream)), shared_, std::move(peer));
      co_return;
    }
    shared_.Leave();
    if (!error && stream->lowest_layer().is_open() && IsHttp2(*stream)) {
      CarryToGrpc(std::move(stream));
    }
  }

  // A connection of gRPC through TLS: its bytes go through a pair of sockets within the process.
  struct Pipe {
    Pipe(std::shared_ptr<TlsStream> stream, stream_protocol::socket socket)
        : outside(std::move(stream)), inside(std::move(socket)) {}
    void Close() {
      error_code ignored;
      outside->lowest_layer().close(ignored);
      inside.close(ignored);
    }
    std::shared_ptr<TlsStream> outside;
    stream_protocol::socket inside;
  };

  void CarryToGrpc(std::shared_ptr<TlsStream> stream) {
    const auto executor = stream->get_executor();
    stream_protocol::socket ours(executor);
    stream_protocol::socket theirs(executor);
    error_code error;
    asio::local::connect_pair(ours, theirs, error);
    if (!error) theirs.native_non_blocking(true, error);
    if (error) return;
    const int fd = theirs.release(error);
    if (error) return;
    Adopt(fd, PeerName(stream->next_layer()));
    auto pipe = std::make_shared<Pipe>(std::move(stream), std::move(ours));
    SpawnOn(executor, Pump(pipe, *pipe->outside, pipe->inside));
    SpawnOn(executor, Pump(pipe, pipe->inside, *pipe->outside));
  }

  template <typename From, typename To>
  static Task<> Pump(std::shared_ptr<Pipe> pipe, From& from, To& to) {
    std::vector<char> bytes(kPumpBytes);
    error_code error;
    while (!error) {
      const size_t size = co_await from.async_read_some(
          asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
      if (error) break;
      co_await asio::async_write(to, asio::buffer(bytes, size),
                                 asio::redirect_error(asio::use_awaitable, error));
    }
    pipe->Close();
  }

  const ListenerOptions options_;
  rpc::Server& grpc_;
  HttpShared shared_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::atomic<bool> draining_{false};
  absl::Mutex mutex_;
  std::list<std::function<void()>> undecided_ ABSL_GUARDED_BY(mutex_);  // closes one each
  asio::io_context io_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  tcp::acceptor acceptor_;
  // Last: they use everything above.
  std::vector<std::thread> threads_;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(const ListenerOptions& options,
                                                          Door& door, rpc::Server& grpc) {
  auto impl = std::make_unique<Impl>(options, door, grpc);
  RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

int Listener::port() const { return impl_->port_; }
const std::string& Listener::address() const { return impl_->address_; }
void Listener::Drain() { impl_->Drain(); }
void Listener::Shutdown(absl::Duration grace) { impl_->Shutdown(grace); }

}  // namespace pitlane::gateway
