#include "tests/e2e/installation.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "tools/pitlane/areas.h"
#include "tools/pitlane/tokens.h"

extern char** environ;

namespace pitlane::e2e {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(60);

absl::StatusOr<int> FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound =
      fd >= 0 && bind(fd, generic, size) == 0 && getsockname(fd, generic, &size) == 0;
  if (fd >= 0) close(fd);
  if (!bound) return absl::UnavailableError("no free port");
  return ntohs(address.sin_port);
}

std::string Local(int port) { return absl::StrCat("127.0.0.1:", port); }

}  // namespace

Installation::Installation(std::string folder, std::string kafka)
    : folder_(std::move(folder)), kafka_(std::move(kafka)) {}

absl::StatusOr<std::unique_ptr<Installation>> Installation::Make(std::string folder,
                                                                 std::string kafka) {
  std::filesystem::create_directories(folder);
  std::unique_ptr<Installation> made(new Installation(std::move(folder), std::move(kafka)));
  ASSIGN_OR_RETURN(made->issuer_, tools::OpenIssuer(made->folder_));
  ASSIGN_OR_RETURN(
      const std::string token,
      made->issuer_->Mint(tools::CallerWith("service:test", rpc::Role::kService), absl::Hours(24)));
  made->token_file_ = absl::StrCat(made->folder_, "/service.token");
  std::ofstream(made->token_file_) << token << "\n";
  for (std::string_view area : tools::kAreas) {
    ASSIGN_OR_RETURN(made->ports_[std::string(area)], FreePort());
  }
  ASSIGN_OR_RETURN(made->ports_["gateway"], FreePort());
  return made;
}

Installation::~Installation() {
  while (!processes_.empty()) Kill(std::string(processes_.begin()->first));
}

absl::Status Installation::Launch(const std::string& name, const std::string& binary,
                                  const std::vector<std::string>& arguments) {
  const std::string path = absl::StrCat(PITLANE_BINARY_DIR, "/bin/", binary);
  std::vector<std::string> words = {path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string log = absl::StrCat(folder_, "/", name, ".log");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, path.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return absl::UnavailableError(absl::StrCat(path, " cannot be started: ", error));
  processes_[name] = pid;
  return absl::OkStatus();
}

absl::Status Installation::StartService(const std::string& area) {
  std::vector<std::string> arguments = {
      "--data",          absl::StrCat(folder_, "/data"),
      "--listen",        Local(ports_.at(area)),
      "--kafka",         kafka_,
      "--jwks",          issuer_->jwks_path(),
      "--issuer",        issuer_->VerifierOptions().issuer,
      "--audience",      issuer_->VerifierOptions().audience,
      "--service-token", token_file_,
      "--peer",          absl::StrCat("terminal_gateway=", Local(ports_.at("terminal_gateway")))};
  if (area == "inventory") arguments.push_back("--auto-deliver");
  return Launch(area, absl::StrCat("pitlane-", area), arguments);
}

absl::Status Installation::StartGateway() {
  const rpc::TokenVerifierOptions tokens = issuer_->VerifierOptions();
  std::vector<std::string> arguments = {"--listen",   Local(ports_.at("gateway")),
                                        "--jwks",     issuer_->jwks_path(),
                                        "--issuer",   tokens.issuer,
                                        "--audience", tokens.audience};
  for (std::string_view area : tools::kAreas) {
    std::string flag = absl::StrCat("--", std::string(area));
    for (char& c : flag) c = c == '_' ? '-' : c;
    arguments.push_back(flag);
    arguments.push_back(Local(ports_.at(std::string(area))));
  }
  return Launch("gateway", "pitlane-gateway", arguments);
}

absl::Status Installation::StartAll(const std::vector<std::string>& areas) {
  for (const std::string& area : areas) RETURN_IF_ERROR(StartService(area));
  return StartGateway();
}

absl::Status Installation::Stop(const std::string& name) {
  const pid_t pid = processes_.at(name);
  processes_.erase(name);
  kill(pid, SIGTERM);
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(name, " did not stop cleanly: ", status, "\n", LogOf(name)));
}

void Installation::Kill(const std::string& name) {
  const pid_t pid = processes_.at(name);
  processes_.erase(name);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

absl::StatusOr<std::unique_ptr<tools::Session>> Installation::Connect() {
  ASSIGN_OR_RETURN(
      const std::string token,
      issuer_->Mint(tools::CallerWith("test-owner", rpc::Role::kOwner), absl::Hours(24)));
  rpc::ChannelOptions options;
  options.address = Local(ports_.at("gateway"));
  ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> channel, rpc::MakeChannel(options));
  auto session = std::make_unique<tools::Session>(std::move(channel), token, kStartTimeout);
  const auto admin = admin::v1::AdminService::NewStub(session->channel());
  for (std::string_view area : tools::kAreas) {
    // UNAVAILABLE is tried again until the session's timeout.
    const absl::Status answered = session
                                      ->Call(*admin, &admin::v1::AdminService::Stub::GetStatus,
                                             admin::v1::GetStatusRequest(), area)
                                      .status();
    if (!answered.ok()) {
      return absl::UnavailableError(absl::StrCat(std::string(area), ": ", answered.ToString(), "\n",
                                                 LogOf(std::string(area))));
    }
  }
  return session;
}

std::string Installation::LogOf(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(absl::StrCat(folder_, "/", name, ".log")).rdbuf();
  return text.str();
}

}  // namespace pitlane::e2e
