#include "libs/runtime/process_main.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/server.h"

extern char** environ;

namespace pitlane::runtime {
namespace {

// One run of the counter's process; what it prints is read line by line.
class Process {
 public:
  explicit Process(std::vector<std::string> flags) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::string path = std::string(PITLANE_BINARY_DIR) + "/bin/runtime_test_counter";
    std::vector<char*> arguments{path.data()};
    for (std::string& flag : flags) arguments.push_back(flag.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(::posix_spawn(&pid_, path.c_str(), &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~Process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      Wait();
    }
    std::fclose(output_);
  }

  // The next line that contains `text`; empty when the process ends without it.
  std::string LineWith(std::string_view text) {
    char* line = nullptr;
    size_t capacity = 0;
    std::string found;
    while (found.empty() && ::getline(&line, &capacity, output_) > 0) {
      if (std::string_view(line).find(text) != std::string_view::npos) found = line;
    }
    std::free(line);
    return found;
  }
  void Signal(int signal) { ::kill(pid_, signal); }
  int Wait() {
    int status = 0;
    EXPECT_GT(::waitpid(std::exchange(pid_, -1), &status, 0), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
};

// Whether the process answers that it is ready. Leaves no connection behind, which the stop would
// wait for.
bool IsReady(int port) {
  const auto channel = rpc::MakeChannel({.address = "127.0.0.1:" + std::to_string(port)});
  EXPECT_THAT(channel, IsOk());
  const auto health = grpc::health::v1::Health::NewStub(*channel);
  grpc::ClientContext context;
  rpc::SetTimeout(context, absl::Seconds(20));
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(std::string(rpc::kReadiness));
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = health->Check(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

class ProcessMainTest : public ::testing::Test {
 protected:
  ProcessMainTest() {
    std::string name = ::testing::TempDir() + "/counter-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~ProcessMainTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(ProcessMainTest, ServesUntilItIsToldToStop) {
  for (int run = 0; run < 2; ++run) {
    Process process({"--data", folder_ + "/data"});
    const std::string listening = process.LineWith("\"listening\"");
    ASSERT_NE(listening, "");
    const auto line = nlohmann::json::parse(listening);
    EXPECT_GT(line["admin_port"].get<int>(), 0);
    ASSERT_NE(process.LineWith("\"serving\""), "");
    EXPECT_TRUE(IsReady(line["port"].get<int>()));
    process.Signal(SIGTERM);
    EXPECT_NE(process.LineWith("\"stopped\""), "");
    EXPECT_EQ(process.Wait(), 0);
  }
}

TEST_F(ProcessMainTest, WrongFlagsEndItWithTwo) {
  EXPECT_EQ(Process({"--nonsense"}).Wait(), 2);
  EXPECT_EQ(Process({"--data", folder_, "--shard", "2/2"}).Wait(), 2);
  EXPECT_EQ(Process({"--data", folder_, "--peer", "ticket"}).Wait(), 2);
}

TEST_F(ProcessMainTest, ReplicatedWithoutABrokerToPublishToThenRefused) {
  Process alone({"--data", folder_ + "/data", "--ack", "replicated"});
  EXPECT_NE(alone.LineWith("needs a broker"), "");
  EXPECT_EQ(alone.Wait(), 2);
  EXPECT_EQ(Process({"--data", folder_ + "/data", "--ack", "replicated", "--kafka", "127.0.0.1:1",
                     "--no-publish"})
                .Wait(),
            2);
  EXPECT_EQ(Process({"--data", folder_ + "/data", "--ack", "perhaps"}).Wait(), 2);
}

TEST_F(ProcessMainTest, SwitchOfTheServiceIsShownAndTakesEffect) {
  EXPECT_NE(Process({"--help"}).LineWith("--listen-to-pulses"), "");
  Process process({"--data", folder_ + "/data", "--listen-to-pulses"});
  EXPECT_NE(process.LineWith("counter listens to pulse"), "") << "without a broker that is refused";
  EXPECT_EQ(process.Wait(), 1);
}

TEST_F(ProcessMainTest, StoreOfAnotherPartitionCountIsRefusedWithTheReason) {
  {
    Process first({"--data", folder_ + "/data"});
    ASSERT_NE(first.LineWith("\"serving\""), "");
    first.Signal(SIGINT);
    EXPECT_EQ(first.Wait(), 0);
  }
  Process second({"--data", folder_ + "/data", "--partitions", "16"});
  EXPECT_NE(second.LineWith("FAILED_PRECONDITION"), "");
  EXPECT_EQ(second.Wait(), 1);
}

}  // namespace
}  // namespace pitlane::runtime
