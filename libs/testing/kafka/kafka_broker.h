// A real Apache Kafka broker that a test starts, stops, kills and pauses.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pitlane::testing {

// One broker of its own for one test, through tools/kafka/kafka. It ends with this object, and with
// the test's process however that ends. Not thread-safe. A start takes 2 to 3 seconds, opening a
// folder again after Stop 1 to 2, after Kill about 5 (the controller waits for the old session).
class KafkaBroker {
 public:
  // Starts a broker with its data, its log (broker.log) and its pid in `data_dir`, which is made if
  // it is not there; a folder that a broker used before is opened again, on the same port. A `port`
  // of 0 is a free one. Returns when the broker has answered a metadata request.
  // UNAVAILABLE with what the tool said: Kafka is not fetched (tools/kafka/kafka fetch), no Java
  // 17, a broker already runs there, or it does not answer.
  static absl::StatusOr<std::unique_ptr<KafkaBroker>> Start(const std::string& data_dir,
                                                            int port = 0);
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;
  // Kills the process; what it wrote stays in the folder.
  ~KafkaBroker();

  // HOST:PORT for bootstrap.servers; the same for ever, over restarts too.
  const std::string& address() const { return address_; }
  const std::string& data_dir() const { return data_dir_; }
  bool running() const { return pid_ != 0; }

  // Clean end: returns when the process is gone. OK when it does not run.
  absl::Status Stop();
  // kill -9: returns when the process is gone. OK when it does not run.
  absl::Status Kill();
  // After Stop or Kill: starts again on the same folder and port. Errors as Start;
  // FAILED_PRECONDITION while it runs.
  absl::Status Restart();
  // The process stops answering but its connections stay open, as with a hung machine, until
  // Resume. FAILED_PRECONDITION when it does not run.
  absl::Status Pause();
  absl::Status Resume();

 private:
  explicit KafkaBroker(std::string data_dir) : data_dir_(std::move(data_dir)) {}
  absl::Status Launch(int port);
  absl::Status Signal(int signal);

  const std::string data_dir_;
  std::string address_;
  pid_t pid_ = 0;  // 0 while it does not run
};

}  // namespace pitlane::testing
