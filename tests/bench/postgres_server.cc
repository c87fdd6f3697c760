#include "tests/bench/postgres_server.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "libpq-fe.h"
#include "libs/base/status.h"
#include "libs/testing/process.h"

namespace pitlane::bench {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStartTimeout = absl::Seconds(60);
constexpr char kUser[] = "postgres";

// Debian keeps each release's programs apart: the newest.
absl::StatusOr<std::string> FindPrograms() {
  int newest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    int release = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &release) && release > newest &&
        fs::exists(entry.path() / "bin/postgres")) {
      newest = release;
    }
  }
  if (newest == 0) {
    return absl::NotFoundError(
        "there is no PostgreSQL to compare with: install Debian's package postgresql (tools/dev "
        "bench does)");
  }
  return absl::StrCat("/usr/lib/postgresql/", newest, "/bin");
}

// As root, words that run what follows as user postgres; it ends with this process.
std::vector<std::string> Unprivileged() {
  std::vector<std::string> words = {"/usr/bin/setpriv", "--pdeathsig", "INT"};
  if (getuid() != 0) return words;
  for (const char* word : {"--reuid", kUser, "--regid", kUser, "--clear-groups"}) {
    words.emplace_back(word);
  }
  return words;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

absl::Status RunToEnd(std::vector<std::string> words, const std::string& log) {
  ASSIGN_OR_RETURN(const pid_t pid, testing::Spawn(std::move(words), log));
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("PostgreSQL's initdb failed:\n", ReadFile(log)));
}

// Clock ticks that a process has used, if its parent is `parent` or it is `parent` itself.
int64_t TicksOf(const fs::path& process, pid_t parent) {
  pid_t pid = 0;
  if (!absl::SimpleAtoi(process.filename().string(), &pid)) return 0;
  const std::string stat = ReadFile(process / "stat");
  const size_t name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return 0;
  // Behind the name: state, parent, …; user and system time are the 12th and 13th of these.
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(name_end + 2), ' ');
  const bool ours = fields.size() > 12 && (pid == parent || fields[1] == absl::StrCat(parent));
  int64_t user = 0, system = 0;
  if (!ours || !absl::SimpleAtoi(fields[11], &user) || !absl::SimpleAtoi(fields[12], &system)) {
    return 0;
  }
  return user + system;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start(const std::string& folder) {
  std::unique_ptr<PostgresServer> server(new PostgresServer(folder));
  ASSIGN_OR_RETURN(server->bin_, FindPrograms());
  std::error_code error;
  fs::create_directories(folder, error);
  fs::permissions(fs::path(folder).parent_path(), fs::perms::group_exec | fs::perms::others_exec,
                  fs::perm_options::add, error);
  const std::string log = folder + "/log";
  std::vector<std::string> own = {"/usr/bin/chown", kUser, folder};
  if (getuid() == 0) RETURN_IF_ERROR(RunToEnd(std::move(own), log));
  std::vector<std::string> make = Unprivileged();
  for (const std::string& word :
       {server->bin_ + "/initdb", std::string("-D"), folder + "/data", std::string("-U"),
        std::string(kUser), std::string("-A"), std::string("trust"), std::string("-E"),
        std::string("UTF8"), std::string("--no-locale"), std::string("--no-instructions")}) {
    make.push_back(word);
  }
  RETURN_IF_ERROR(RunToEnd(std::move(make), log));
  RETURN_IF_ERROR(server->Launch());
  return server;
}

absl::Status PostgresServer::Launch() {
  std::vector<std::string> words = Unprivileged();
  for (const std::string& word :
       {bin_ + "/postgres", std::string("-D"), folder_ + "/data", std::string("-k"), folder_}) {
    words.push_back(word);
  }
  // Durable as we are; otherwise as whoever cares for it sets it up on a shop's computer, no
  // checkpoint while it is measured, and no plan that was made for tables that were still small.
  for (const char* setting :
       {"listen_addresses=", "fsync=on", "synchronous_commit=on", "full_page_writes=on",
        "shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=1h", "jit=off",
        "random_page_cost=1.1", "enable_seqscan=off", "max_connections=100"}) {
    words.emplace_back("-c");
    words.emplace_back(setting);
  }
  const std::string log = folder_ + "/log";
  ASSIGN_OR_RETURN(pid_, testing::Spawn(std::move(words), log));
  const absl::Time give_up = absl::Now() + kStartTimeout;
  while (PQping(ConnectionTo("postgres").c_str()) != PQPING_OK) {
    int status = 0;
    const bool ended = waitpid(pid_, &status, WNOHANG) == pid_;
    if (ended) pid_ = 0;
    if (ended || absl::Now() > give_up) {
      return absl::UnavailableError(absl::StrCat("PostgreSQL does not start:\n", ReadFile(log)));
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::OkStatus();
}

PostgresServer::~PostgresServer() {
  if (pid_ == 0) return;
  // PostgreSQL's "fast" shutdown.
  kill(pid_, SIGINT);
  waitpid(pid_, nullptr, 0);
}

std::string PostgresServer::ConnectionTo(const std::string& database) const {
  return absl::StrCat("host=", folder_, " user=", kUser, " dbname=", database);
}

absl::Duration PostgresServer::CpuTime() const {
  int64_t ticks = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) ticks += TicksOf(entry, pid_);
  return absl::Seconds(static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

}  // namespace pitlane::bench
