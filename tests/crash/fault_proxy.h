// A network that misbehaves: a TCP proxy on this computer that passes bytes on, until it is told
// otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace pitlane::crash {

enum class Weather {
  kFine,
  kDelayed,   // each piece comes 200 ms later
  kSlow,      // about 10 kB a second
  kHalfOpen,  // connections stay open, and nothing comes through
  kCut,       // connections end, and none can be made
  // Now and then a bit is flipped. For protocols that notice: Kafka's record batches have a
  // checksum, gRPC without TLS has none.
  kCorrupting,
};
const char* NameOf(Weather weather);

// Its thread ends with it. Any thread may change the weather.
class FaultProxy {
 public:
  // Listens on a free port of this computer. `target` is HOST:PORT with a numeric host.
  static absl::StatusOr<std::unique_ptr<FaultProxy>> Start(const std::string& target);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  // HOST:PORT to connect to.
  std::string address() const;
  int port() const { return port_; }
  void Set(Weather weather) { weather_ = weather; }
  // Connections made and bytes passed on so far.
  uint64_t connections() const { return connections_; }
  uint64_t bytes() const { return bytes_; }

 private:
  struct Pipe;
  FaultProxy(int listener, int port, int target_port)
      : listener_(listener), port_(port), target_port_(target_port) {}
  void Run();

  const int listener_;
  const int port_;
  const int target_port_;
  std::atomic<Weather> weather_{Weather::kFine};
  std::atomic<uint64_t> connections_{0}, bytes_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last
};

}  // namespace pitlane::crash
