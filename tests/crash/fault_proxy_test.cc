#include "tests/crash/fault_proxy.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/status_matchers.h"

namespace pitlane::crash {
namespace {

constexpr int kPatienceMs = 10000;

// Sends back what it gets, on one connection at a time.
class Echo {
 public:
  Echo() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    EXPECT_EQ(getsockname(listener_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~Echo() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void Run() {
    for (int fd = accept(listener_, nullptr, nullptr); fd >= 0;
         fd = accept(listener_, nullptr, nullptr)) {
      std::array<char, 4096> chunk;
      for (ssize_t got = recv(fd, chunk.data(), chunk.size(), 0); got > 0;
           got = recv(fd, chunk.data(), chunk.size(), 0)) {
        if (send(fd, chunk.data(), static_cast<size_t>(got), MSG_NOSIGNAL) < 0) break;
      }
      close(fd);
    }
  }
  const int listener_;
  int port_ = 0;
  std::thread thread_;
};

class Connection {
 public:
  explicit Connection(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Connection() { close(fd_); }

  void Send(const std::string& text) {
    EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // Until `size` bytes have come, the connection has ended, or nothing comes for `patience_ms`.
  std::string Receive(size_t size, int patience_ms = kPatienceMs) {
    std::string text;
    while (text.size() < size) {
      pollfd wanted{fd_, POLLIN, 0};
      if (poll(&wanted, 1, patience_ms) <= 0) break;
      std::array<char, 4096> chunk;
      const ssize_t got = recv(fd_, chunk.data(), chunk.size(), 0);
      if (got <= 0) {
        ended_ = true;
        break;
      }
      text.append(chunk.data(), static_cast<size_t>(got));
    }
    return text;
  }
  bool ended() const { return ended_; }

 private:
  const int fd_;
  bool ended_ = false;
};

class FaultProxyTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(proxy_, FaultProxy::Start(echo_.address())); }
  Echo echo_;
  std::unique_ptr<FaultProxy> proxy_;
};

TEST_F(FaultProxyTest, FineThenEverythingComesThrough) {
  const std::string text(300'000, 'x');
  Connection connection(proxy_->port());
  std::thread sender([&] { connection.Send(text); });
  EXPECT_EQ(connection.Receive(text.size()), text);
  sender.join();
  EXPECT_EQ(proxy_->connections(), 1u);
}

TEST_F(FaultProxyTest, DelayedThenItComesLater) {
  Connection connection(proxy_->port());
  proxy_->Set(Weather::kDelayed);
  const absl::Time begin = absl::Now();
  connection.Send("hello");
  EXPECT_EQ(connection.Receive(5), "hello");
  // There and back.
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(350));
}

TEST_F(FaultProxyTest, HalfOpenThenNothingComesUntilItIsFineAgain) {
  Connection connection(proxy_->port());
  connection.Send("a");
  EXPECT_EQ(connection.Receive(1), "a");
  proxy_->Set(Weather::kHalfOpen);
  // The proxy notices within a moment of silence.
  EXPECT_EQ(connection.Receive(1, 100), "");
  connection.Send("b");
  EXPECT_EQ(connection.Receive(1, 200), "");
  EXPECT_FALSE(connection.ended());
  proxy_->Set(Weather::kFine);
  EXPECT_EQ(connection.Receive(1), "b");
}

TEST_F(FaultProxyTest, CutThenConnectionsEnd) {
  Connection connection(proxy_->port());
  connection.Send("a");
  EXPECT_EQ(connection.Receive(1), "a");
  proxy_->Set(Weather::kCut);
  EXPECT_EQ(connection.Receive(1), "");
  EXPECT_TRUE(connection.ended());
}

TEST_F(FaultProxyTest, SlowThenItTrickles) {
  Connection connection(proxy_->port());
  proxy_->Set(Weather::kSlow);
  const absl::Time begin = absl::Now();
  connection.Send(std::string(3000, 'x'));
  EXPECT_EQ(connection.Receive(3000).size(), 3000u);
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(250));
}

TEST_F(FaultProxyTest, CorruptingThenABitIsFlippedNowAndThen) {
  const std::string text(300'000, 'x');
  Connection connection(proxy_->port());
  proxy_->Set(Weather::kCorrupting);
  std::thread sender([&] { connection.Send(text); });
  const std::string got = connection.Receive(text.size());
  sender.join();
  EXPECT_EQ(got.size(), text.size());
  EXPECT_NE(got, text);
}

}  // namespace
}  // namespace pitlane::crash
