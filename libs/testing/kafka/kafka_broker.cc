#include "libs/testing/kafka/kafka_broker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"

extern char** environ;

namespace pitlane::testing {
namespace {

constexpr char kTool[] = PITLANE_KAFKA_TOOL;
constexpr int kGoneDeadlineMs = 30'000;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Runs tools/kafka/kafka with `arguments` and returns what it printed. Files, not pipes: the broker
// outlives the tool, and a pipe that it kept open would never end.
absl::StatusOr<std::string> RunTool(const std::string& data_dir,
                                    std::vector<std::string> arguments) {
  const std::string out = data_dir + "/tool.out";
  const std::string err = data_dir + "/tool.err";
  arguments.insert(arguments.begin(), kTool);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), kFlags, 0644);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), kFlags, 0644);
  // The broker must not inherit the test's sockets and locks: a port or a store would stay taken.
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, kTool, &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) return absl::UnavailableError(absl::StrCat(kTool, ": ", std::strerror(error)));

  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      return absl::UnavailableError(absl::StrCat("waitpid: ", std::strerror(errno)));
    }
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return absl::UnavailableError(absl::StrCat(kTool, " failed: ", ReadFile(err)));
  }
  return ReadFile(out);
}

// The broker is not our child, so it is awaited by a descriptor of the process instead of waitpid.
absl::Status KillAndWait(pid_t pid) {
  // By number: in glibc 2.36 the header of pidfd_open cannot be used from C++.
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) {
    if (errno == ESRCH) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("pidfd_open: ", std::strerror(errno)));
  }
  kill(pid, SIGKILL);
  pollfd gone{.fd = descriptor, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = poll(&gone, 1, kGoneDeadlineMs);
  } while (ready < 0 && errno == EINTR);
  close(descriptor);
  if (ready == 1) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat("process ", pid, " does not end"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaBroker>> KafkaBroker::Start(const std::string& data_dir,
                                                                int port) {
  auto broker = std::unique_ptr<KafkaBroker>(new KafkaBroker(data_dir));
  RETURN_IF_ERROR(broker->Launch(port));
  return broker;
}

KafkaBroker::~KafkaBroker() {
  // Nobody is left to tell; should it still run, it ends with the test's process.
  Kill().IgnoreError();
}

absl::Status KafkaBroker::Launch(int port) {
  std::error_code error;
  std::filesystem::create_directories(data_dir_, error);
  if (error) return absl::UnavailableError(absl::StrCat(data_dir_, ": ", error.message()));

  std::vector<std::string> arguments = {"start", "--data", data_dir_, "--owner",
                                        absl::StrCat(getpid())};
  if (port != 0) {
    arguments.push_back("--port");
    arguments.push_back(absl::StrCat(port));
  }
  ASSIGN_OR_RETURN(const std::string printed, RunTool(data_dir_, std::move(arguments)));
  const std::vector<std::string> lines = absl::StrSplit(printed, '\n', absl::SkipEmpty());
  if (lines.size() != 2 || !absl::SimpleAtoi(lines[1], &pid_)) {
    return absl::InternalError(absl::StrCat(kTool, " printed no address and pid: ", printed));
  }
  address_ = lines[0];
  return absl::OkStatus();
}

absl::Status KafkaBroker::Stop() {
  if (pid_ == 0) return absl::OkStatus();
  RETURN_IF_ERROR(RunTool(data_dir_, {"stop", data_dir_}).status());
  pid_ = 0;
  return absl::OkStatus();
}

absl::Status KafkaBroker::Kill() {
  if (pid_ == 0) return absl::OkStatus();
  RETURN_IF_ERROR(KillAndWait(pid_));
  pid_ = 0;
  return absl::OkStatus();
}

absl::Status KafkaBroker::Restart() {
  if (pid_ != 0) return absl::FailedPreconditionError("the broker runs; stop it first");
  return Launch(0);
}

absl::Status KafkaBroker::Pause() { return Signal(SIGSTOP); }

absl::Status KafkaBroker::Resume() { return Signal(SIGCONT); }

absl::Status KafkaBroker::Signal(int signal) {
  if (pid_ == 0) return absl::FailedPreconditionError("the broker does not run");
  if (kill(pid_, signal) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("process ", pid_, ": ", std::strerror(errno)));
}

}  // namespace pitlane::testing
