#include "tests/crash/site.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/testing/process.h"
#include "tests/e2e/installation.h"

namespace pitlane::crash {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(10);

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

constexpr char kFakeTime[] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

// The processes that are started while it lives are rigged.
class RiggedEnvironment {
 public:
  explicit RiggedEnvironment(const Rigging& rigging) {
    if (!rigging.fault_point.empty()) Set("PITLANE_FAULT_POINT", rigging.fault_point);
    if (rigging.clock_ahead == absl::ZeroDuration()) return;
    Set("LD_PRELOAD", kFakeTime);
    Set("FAKETIME", absl::StrFormat("%+d", absl::ToInt64Seconds(rigging.clock_ahead)));
    // What measures durations is not wrong.
    Set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Set("DONT_FAKE_MONOTONIC", "1");
  }
  ~RiggedEnvironment() {
    for (const char* name : names_) unsetenv(name);
  }
  RiggedEnvironment(const RiggedEnvironment&) = delete;
  RiggedEnvironment& operator=(const RiggedEnvironment&) = delete;

 private:
  void Set(const char* name, const std::string& value) {
    setenv(name, value.c_str(), 1);
    names_.push_back(name);
  }
  std::vector<const char*> names_;
};

// Waits for a process that is to refuse; kills it when it does not.
absl::Status AwaitRefusal(pid_t pid, const std::string& name, absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (true) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) {
      if (WIFEXITED(status) && WEXITSTATUS(status) != 0) return absl::OkStatus();
      return absl::InternalError(absl::StrCat("a second ", name, " ended with ", status));
    }
    if (absl::Now() > give_up) break;
    absl::SleepFor(kLook);
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  return absl::InternalError(absl::StrCat("a second ", name, " was not refused"));
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound =
      fd >= 0 && bind(fd, generic, size) == 0 && getsockname(fd, generic, &size) == 0;
  if (fd >= 0) close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

class OneComputer final : public Site {
 public:
  OneComputer(std::string folder, int port, std::unique_ptr<FaultProxy> door)
      : folder_(std::move(folder)),
        port_(port),
        door_(std::move(door)),
        links_{{"people - gateway", door_.get(), false}} {}
  ~OneComputer() override { OneComputer::Kill("pitlane"); }

  const std::vector<std::string>& names() const override { return names_; }
  const std::vector<std::string>& keepers() const override { return names_; }
  absl::Status Start(const std::string&, const Rigging& rigging) override {
    if (pid_ != 0) return absl::OkStatus();
    const RiggedEnvironment environment(rigging);
    ASSIGN_OR_RETURN(pid_, Launch(port_, "pitlane"));
    return absl::OkStatus();
  }
  void Kill(const std::string&) override {
    if (pid_ == 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t PidOf(const std::string&) const override { return pid_; }
  absl::Status StartSecond(const std::string& name, absl::Duration patience) override {
    ASSIGN_OR_RETURN(const pid_t pid, Launch(0, "second"));
    return AwaitRefusal(pid, name, patience);
  }
  std::string LogOf(const std::string& name) const override {
    return TextOf(absl::StrCat(folder_, "/", name, ".log"));
  }
  const std::vector<Link>& links() const override { return links_; }
  testing::KafkaBroker* broker() override { return nullptr; }
  tools::ConnectionOptions connection() const override {
    tools::ConnectionOptions connection;
    connection.gateway = door_->address();
    connection.data_dir = data_dir();
    return connection;
  }
  std::string folder() const override { return folder_; }

 private:
  absl::StatusOr<pid_t> Launch(int port, const std::string& log) const {
    return testing::Spawn(
        {absl::StrCat(PITLANE_BINARY_DIR, "/bin/pitlane"), "up", "--no-sale", "--admin", "",
         "--data", data_dir(), "--listen", absl::StrCat("127.0.0.1:", port)},
        absl::StrCat(folder_, "/", log, ".log"));
  }

  const std::vector<std::string> names_ = {"pitlane"};
  const std::string folder_;
  const int port_;
  const std::unique_ptr<FaultProxy> door_;
  const std::vector<Link> links_;
  pid_t pid_ = 0;
};

class Several final : public Site {
 public:
  Several(std::unique_ptr<e2e::Installation> installation, std::unique_ptr<FaultProxy> to_kafka)
      : installation_(std::move(installation)),
        keepers_(e2e::Installation::UsualOrder()),
        names_(keepers_) {
    names_.push_back("gateway");
    for (const std::string& name : keepers_) {
      installation_->Reroute(name, "kafka", to_kafka->address());
    }
    links_.push_back({"services - kafka", to_kafka.get(), true});
    proxies_.push_back(std::move(to_kafka));
  }

  // Proxies on every way between processes.
  absl::Status LayLinks() {
    RETURN_IF_ERROR(Lay("people", "gateway"));
    for (const std::string& name : keepers_) RETURN_IF_ERROR(Lay("gateway", name));
    return Lay("payment", "terminal_gateway");
  }

  const std::vector<std::string>& names() const override { return names_; }
  const std::vector<std::string>& keepers() const override { return keepers_; }
  absl::Status Start(const std::string& name, const Rigging& rigging) override {
    if (PidOf(name) != 0) return absl::OkStatus();
    const RiggedEnvironment environment(rigging);
    return installation_->StartOne(name);
  }
  void Kill(const std::string& name) override {
    if (PidOf(name) != 0) installation_->Kill(name);
  }
  pid_t PidOf(const std::string& name) const override { return installation_->PidOf(name); }
  absl::Status StartSecond(const std::string& name, absl::Duration patience) override {
    ASSIGN_OR_RETURN(const pid_t pid,
                     testing::Spawn({absl::StrCat(PITLANE_BINARY_DIR, "/bin/pitlane-", name),
                                     "--data", data_dir(), "--listen", "127.0.0.1:0", "--admin", "",
                                     "--kafka", installation_->broker().address()},
                                    folder() + "/second.log"));
    return AwaitRefusal(pid, name, patience);
  }
  std::string LogOf(const std::string& name) const override { return installation_->LogOf(name); }
  const std::vector<Link>& links() const override { return links_; }
  testing::KafkaBroker* broker() override { return &installation_->broker(); }
  tools::ConnectionOptions connection() const override {
    tools::ConnectionOptions connection = installation_->connection();
    connection.gateway = door_;
    return connection;
  }
  std::string folder() const override { return installation_->folder(); }

 private:
  absl::Status Lay(const std::string& who, const std::string& whom) {
    ASSIGN_OR_RETURN(auto proxy,
                     FaultProxy::Start(absl::StrCat("127.0.0.1:", installation_->PortOf(whom))));
    installation_->Reroute(who, whom, proxy->address());
    if (who == "people") door_ = proxy->address();
    links_.push_back({absl::StrCat(who, " - ", whom), proxy.get(), false});
    proxies_.push_back(std::move(proxy));
    return absl::OkStatus();
  }

  // Before the installation: it ends first.
  std::vector<std::unique_ptr<FaultProxy>> proxies_;
  const std::unique_ptr<e2e::Installation> installation_;
  const std::vector<std::string> keepers_;
  std::vector<std::string> names_;
  std::vector<Link> links_;
  std::string door_;
};

}  // namespace

bool HasWrongClocks() { return std::filesystem::exists(kFakeTime); }

absl::Status Site::StartAll() {
  for (const std::string& name : names()) RETURN_IF_ERROR(Start(name));
  return absl::OkStatus();
}

void Site::Suspend(const std::string& name) const {
  if (const pid_t pid = PidOf(name); pid != 0) kill(pid, SIGSTOP);
}

void Site::Resume(const std::string& name) const {
  if (const pid_t pid = PidOf(name); pid != 0) kill(pid, SIGCONT);
}

bool Site::HasEnded(const std::string& name, absl::Duration patience) const {
  const pid_t pid = PidOf(name);
  if (pid == 0) return true;
  const absl::Time give_up = absl::Now() + patience;
  while (true) {
    siginfo_t info{};
    // The process stays to be waited for.
    if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == pid) {
      return true;
    }
    if (absl::Now() > give_up) return false;
    absl::SleepFor(kLook);
  }
}

absl::StatusOr<std::unique_ptr<Site>> MakeOneComputer(const std::string& folder) {
  std::filesystem::create_directories(folder + "/data");
  const int port = FreePort();
  ASSIGN_OR_RETURN(auto door, FaultProxy::Start(absl::StrCat("127.0.0.1:", port)));
  return std::make_unique<OneComputer>(folder, port, std::move(door));
}

absl::StatusOr<std::unique_ptr<Site>> MakeSeveral(const std::string& folder) {
  // The broker tells its clients to come through the proxy, which is there before it.
  const int broker_port = FreePort();
  ASSIGN_OR_RETURN(auto to_kafka, FaultProxy::Start(absl::StrCat("127.0.0.1:", broker_port)));
  setenv("PITLANE_KAFKA_ADVERTISE", to_kafka->address().c_str(), 1);
  ASSIGN_OR_RETURN(auto installation, e2e::Installation::Make(folder, broker_port));
  auto site = std::make_unique<Several>(std::move(installation), std::move(to_kafka));
  RETURN_IF_ERROR(site->LayLinks());
  return site;
}

}  // namespace pitlane::crash
