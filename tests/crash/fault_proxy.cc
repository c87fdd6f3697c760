#include "tests/crash/fault_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <list>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pitlane::crash {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kDelay = std::chrono::milliseconds(200);
constexpr auto kSlowEvery = std::chrono::milliseconds(50);
constexpr size_t kSlowBytes = 512;
constexpr size_t kMaxBuffered = 1u << 20;
constexpr uint64_t kCorruptEvery = 100'000;  // bytes
constexpr int kPollMs = 10;

sockaddr_in Local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int Dial(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Local(port);
  if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

void NoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

const char* NameOf(Weather weather) {
  switch (weather) {
    case Weather::kFine:
      return "fine";
    case Weather::kDelayed:
      return "delayed";
    case Weather::kSlow:
      return "slow";
    case Weather::kHalfOpen:
      return "half-open";
    case Weather::kCut:
      return "cut";
    case Weather::kCorrupting:
      return "corrupting";
  }
  return "";
}

// One connection, both ways.
struct FaultProxy::Pipe {
  struct Way {
    int from = -1;
    int to = -1;
    struct Piece {
      Clock::time_point due;
      std::string bytes;
    };
    std::deque<Piece> waiting;
    size_t buffered = 0;
    Clock::time_point last_slow{};
    bool ended = false;  // nothing more comes from `from`
  };
  std::array<Way, 2> ways;
  bool broken = false;

  Pipe(int client, int server) {
    ways[0].from = ways[1].to = client;
    ways[1].from = ways[0].to = server;
  }
  ~Pipe() {
    close(ways[0].from);
    close(ways[1].from);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void Take(Way& way, const std::atomic<Weather>& sky, std::atomic<uint64_t>& bytes) {
    std::array<char, 65536> chunk;
    const ssize_t got = recv(way.from, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got == 0) way.ended = true;
    if (got < 0 && errno != EAGAIN && errno != EINTR) broken = true;
    if (got <= 0) return;
    // Only now: what came meets the weather that its sender may have seen before sending.
    const Weather weather = sky;
    const auto size = static_cast<size_t>(got);
    const uint64_t before = bytes.fetch_add(size);
    if (weather == Weather::kCorrupting &&
        before / kCorruptEvery != (before + size) / kCorruptEvery) {
      chunk[size / 2] = static_cast<char>(chunk[size / 2] ^ 4);
    }
    const auto due = Clock::now() + (weather == Weather::kDelayed ? kDelay : Clock::duration(0));
    way.waiting.push_back({due, std::string(chunk.data(), size)});
    way.buffered += size;
  }

  void Give(Way& way, Weather weather) {
    while (!way.waiting.empty() && way.waiting.front().due <= Clock::now()) {
      size_t most = way.waiting.front().bytes.size();
      if (weather == Weather::kSlow) {
        if (Clock::now() - way.last_slow < kSlowEvery) return;
        way.last_slow = Clock::now();
        most = std::min(most, kSlowBytes);
      }
      std::string& bytes = way.waiting.front().bytes;
      const ssize_t sent = send(way.to, bytes.data(), most, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) broken = true;
      if (sent <= 0) return;
      way.buffered -= static_cast<size_t>(sent);
      bytes.erase(0, static_cast<size_t>(sent));
      if (bytes.empty()) way.waiting.pop_front();
    }
    if (way.ended && way.waiting.empty()) broken = true;
  }
};

absl::StatusOr<std::unique_ptr<FaultProxy>> FaultProxy::Start(const std::string& target) {
  int target_port = 0;
  if (!absl::SimpleAtoi(target.substr(target.rfind(':') + 1), &target_port)) {
    return absl::InvalidArgumentError(absl::StrCat(target, " is not HOST:PORT"));
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = Local(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || bind(fd, generic, size) != 0 || listen(fd, 128) != 0 ||
      getsockname(fd, generic, &size) != 0) {
    const int error = errno;
    if (fd >= 0) close(fd);
    return absl::UnavailableError(absl::StrCat("cannot listen: ", std::strerror(error)));
  }
  std::unique_ptr<FaultProxy> proxy(new FaultProxy(fd, ntohs(address.sin_port), target_port));
  proxy->thread_ = std::thread([raw = proxy.get()] { raw->Run(); });
  return proxy;
}

FaultProxy::~FaultProxy() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

std::string FaultProxy::address() const { return absl::StrCat("127.0.0.1:", port_); }

void FaultProxy::Run() {
  std::list<Pipe> pipes;
  while (!stopping_) {
    Weather weather = weather_;
    std::vector<pollfd> wanted = {{listener_, POLLIN, 0}};
    for (const Pipe& pipe : pipes) {
      for (const Pipe::Way& way : pipe.ways) {
        const bool room = way.buffered < kMaxBuffered && !way.ended;
        const bool ready = !way.waiting.empty() && weather != Weather::kSlow &&
                           way.waiting.front().due <= Clock::now();
        if (weather == Weather::kHalfOpen) continue;
        if (room) wanted.push_back({way.from, POLLIN, 0});
        if (ready) wanted.push_back({way.to, POLLOUT, 0});
      }
    }
    poll(wanted.data(), wanted.size(), kPollMs);
    weather = weather_;
    if (weather == Weather::kCut) pipes.clear();
    for (int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); client >= 0;
         client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) {
      const int server = weather == Weather::kCut ? -1 : Dial(target_port_);
      if (server < 0) {
        close(client);
        continue;
      }
      NoDelay(client);
      NoDelay(server);
      ++connections_;
      pipes.emplace_back(client, server);
    }
    if (weather == Weather::kHalfOpen) continue;
    for (Pipe& pipe : pipes) {
      for (Pipe::Way& way : pipe.ways) {
        if (way.buffered < kMaxBuffered && !way.ended) pipe.Take(way, weather_, bytes_);
        pipe.Give(way, weather_);
      }
    }
    pipes.remove_if([](const Pipe& pipe) { return pipe.broken; });
  }
}

}  // namespace pitlane::crash
