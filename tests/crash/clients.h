// People at counters who go on selling whatever happens to the machines, and write down what they
// were told.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/crash/record_file.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/demo_shop.h"

namespace pitlane::crash {

struct ClientCounts {
  uint64_t acknowledged = 0;
  uint64_t refused = 0;
  uint64_t unknown = 0;
  uint64_t paid = 0;  // tickets
};

class Clients {
 public:
  struct Options {
    int people = 4;
    uint64_t seed = 1;
    std::string run;  // their requests begin with it
    absl::Duration call_timeout = absl::Seconds(3);
  };

  // `address` and the token of `connection` are used; the shop has been loaded. `file` must outlive
  // this.
  Clients(const tools::ConnectionOptions& connection, const tools::DemoShop& shop, RecordFile& file,
          Options options);
  // Lets nobody begin anything more, and waits.
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  // Each sale under way is brought to its end, or given up when it cannot be within `patience`, and
  // none is begun.
  void Pause(absl::Duration patience);
  void Resume();
  ClientCounts counts() const;

 private:
  class Person;
  void Work(int number);
  bool stopping() const { return stopping_.load(); }

  const tools::ConnectionOptions connection_;
  const tools::DemoShop shop_;
  const Options options_;
  RecordFile& file_;
  std::atomic<uint64_t> acknowledged_{0}, refused_{0}, unknown_{0}, paid_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> give_up_us_{0};  // 0: never

  mutable absl::Mutex mutex_;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;
  // Tickets that others are at work on, and whoever likes looks into.
  std::deque<std::string> open_tickets_ ABSL_GUARDED_BY(mutex_);

  std::vector<std::thread> threads_;  // last: they use the above
};

}  // namespace pitlane::crash
