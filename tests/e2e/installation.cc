#include "tests/e2e/installation.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/testing/process.h"
#include "tools/pitlane/areas.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::e2e {
namespace {

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

Installation::Installation(std::string folder) : Deployment(std::move(folder)) {}

absl::StatusOr<std::unique_ptr<Installation>> Installation::Make(std::string folder,
                                                                 int broker_port) {
  std::filesystem::create_directories(folder + "/data");
  std::unique_ptr<Installation> made(new Installation(std::move(folder)));
  ASSIGN_OR_RETURN(made->broker_,
                   testing::KafkaBroker::Start(made->folder() + "/broker", broker_port));
  RETURN_IF_ERROR(made->MakeIdentity());
  for (std::string_view area : tools::kAreas) {
    ASSIGN_OR_RETURN(made->ports_[std::string(area)], FreePort());
  }
  ASSIGN_OR_RETURN(made->ports_["gateway"], FreePort());
  return made;
}

Installation::~Installation() {
  while (!processes_.empty()) Kill(std::string(processes_.begin()->first));
}

const std::vector<std::string>& Installation::UsualOrder() {
  static const auto* const order = new std::vector<std::string>{
      "ticket", "inventory", "customer_vehicle", "payment", "terminal_gateway", "reporting"};
  return *order;
}

absl::Status Installation::MakeIdentity() {
  ASSIGN_OR_RETURN(issuer_, tools::OpenIssuer(data_dir()));
  RETURN_IF_ERROR(tools::WriteTokenFiles(*issuer_, data_dir()));
  ASSIGN_OR_RETURN(
      const std::string token,
      issuer_->Mint(tools::CallerWith("service:test", rpc::Role::kService), absl::Hours(24)));
  service_token_file_ = folder() + "/service.token";
  std::ofstream(service_token_file_) << token << "\n";
  return absl::OkStatus();
}

absl::Status Installation::Launch(const std::string& name, const std::string& binary,
                                  const std::vector<std::string>& arguments) {
  const std::string path = absl::StrCat(PITLANE_BINARY_DIR, "/bin/", binary);
  std::vector<std::string> words = {path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const std::string log = absl::StrCat(folder(), "/", name, ".log");
  ASSIGN_OR_RETURN(processes_[name], testing::Spawn(std::move(words), log));
  return absl::OkStatus();
}

absl::Status Installation::StartService(const std::string& area) {
  std::vector<std::string> arguments = {
      "--data",          data_dir(),
      "--listen",        Local(ports_.at(area)),
      "--kafka",         AddressOf(area, "kafka"),
      "--ack",           ack_,
      "--jwks",          issuer_->jwks_path(),
      "--issuer",        issuer_->VerifierOptions().issuer,
      "--audience",      issuer_->VerifierOptions().audience,
      "--service-token", service_token_file_,
      "--peer",          absl::StrCat("terminal_gateway=", AddressOf(area, "terminal_gateway"))};
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
    arguments.push_back(AddressOf("gateway", std::string(area)));
  }
  return Launch("gateway", "pitlane-gateway", arguments);
}

absl::Status Installation::StartOne(const std::string& name) {
  return name == "gateway" ? StartGateway() : StartService(name);
}

absl::Status Installation::StartAll(const std::vector<std::string>& areas) {
  for (const std::string& area : areas) RETURN_IF_ERROR(StartService(area));
  return StartGateway();
}

absl::Status Installation::Start() { return StartAll(UsualOrder()); }

absl::Status Installation::Stop() {
  for (const auto& [name, pid] : processes_) kill(pid, SIGTERM);
  absl::Status all;
  while (!processes_.empty()) all.Update(AwaitEnd(processes_.begin()->first));
  return all;
}

absl::Status Installation::StopOne(const std::string& name) {
  kill(processes_.at(name), SIGTERM);
  return AwaitEnd(name);
}

absl::Status Installation::AwaitEnd(std::string name) {
  const pid_t pid = processes_.at(name);
  processes_.erase(name);
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

pid_t Installation::PidOf(const std::string& name) const {
  const auto found = processes_.find(name);
  return found == processes_.end() ? 0 : found->second;
}

std::string Installation::AddressOf(const std::string& who, const std::string& whom) const {
  if (const auto found = routes_.find({who, whom}); found != routes_.end()) return found->second;
  return whom == "kafka" ? broker_->address() : Local(ports_.at(whom));
}

tools::ConnectionOptions Installation::connection() const {
  tools::ConnectionOptions connection;
  connection.gateway = Local(ports_.at("gateway"));
  connection.data_dir = data_dir();
  return connection;
}

absl::StatusOr<std::unique_ptr<tools::Session>> Installation::Dial(absl::Duration timeout) const {
  ASSIGN_OR_RETURN(const auto session, tools::Connect(connection()));
  return std::make_unique<tools::Session>(session->channel(), session->token(), timeout);
}

std::string Installation::LogOf(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(absl::StrCat(folder(), "/", name, ".log")).rdbuf();
  return text.str();
}

}  // namespace pitlane::e2e
