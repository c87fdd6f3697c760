#include "libs/runtime/process_main.h"

#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/lock_checks.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/admin_http.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/log.h"
#include "libs/rpc/token_flags.h"

namespace pitlane::runtime {
namespace {

struct Flags {
  std::string data = "data";
  std::string listen = "127.0.0.1:0";
  std::string kafka;
  bool no_publish = false;
  std::string ack = "local";
  std::vector<std::string> kafka_properties;
  rpc::TokenVerifierOptions tokens{.jwks = "", .issuer = "pitlane", .audience = "pitlane"};
  rpc::TlsFiles tls;
  bool allow_plaintext = false;
  std::string admin = "127.0.0.1:0";
  std::string shard = "0/1";
  uint32_t partitions = 8;
  std::vector<std::string> peers;
  std::string service_token;
  bool reflection = false;
  double catch_up_timeout = 30;
  std::string log_level = "info";
};

void Declare(CLI::App& app, Flags& flags, const std::vector<ServiceSwitch>& switches) {
  const auto env = [](CLI::Option* option) {
    std::string name = option->get_lnames().front();
    for (char& c : name) c = c == '-' ? '_' : absl::ascii_toupper(static_cast<unsigned char>(c));
    option->envname("PITLANE_" + name);
  };
  env(app.add_option("--data", flags.data, "folder of the store")->capture_default_str());
  env(app.add_option("--listen", flags.listen, "HOST:PORT of gRPC; port 0 takes a free one")
          ->capture_default_str());
  env(app.add_option("--kafka", flags.kafka, "HOST:PORT of a Kafka broker"));
  env(app.add_flag("--no-publish", flags.no_publish, "listen over Kafka but do not publish"));
  env(app.add_option("--ack", flags.ack,
                     "when a command is answered: local (synced here) or replicated (Kafka has it)")
          ->check(CLI::IsMember({"local", "replicated"}))
          ->capture_default_str());
  env(app.add_option("--kafka-property", flags.kafka_properties,
                     "KEY=VALUE for librdkafka, e.g. security.protocol=ssl"));
  rpc::DeclareTokenFlags(app, flags.tokens);
  env(app.add_option("--tls-cert", flags.tls.certificate, "PEM file of our certificate chain"));
  env(app.add_option("--tls-key", flags.tls.private_key, "PEM file of its private key"));
  env(app.add_option("--tls-ca", flags.tls.authorities,
                     "PEM file of the authorities we trust; clients must then show a certificate"));
  env(app.add_flag("--allow-plaintext", flags.allow_plaintext,
                   "plaintext also on addresses that other computers reach"));
  env(app.add_option("--admin", flags.admin, "HOST:PORT of the metrics; empty: none")
          ->capture_default_str());
  env(app.add_option("--shard", flags.shard, "I/N: this is shard I (from 0) of N")
          ->capture_default_str());
  env(app.add_option("--partitions", flags.partitions, "partitions of the topics")
          ->capture_default_str());
  env(app.add_option("--peer", flags.peers, "AREA=HOST:PORT of a service to be asked"));
  env(app.add_option("--service-token", flags.service_token,
                     "file with our own bearer token; read again for every use"));
  env(app.add_flag("--reflection", flags.reflection, "answer gRPC reflection"));
  env(app.add_option("--catch-up-timeout", flags.catch_up_timeout,
                     "seconds to wait for the feeds before serving all the same")
          ->capture_default_str());
  env(app.add_option("--log-level", flags.log_level, "debug, info, warning, error or off")
          ->capture_default_str());
  for (const ServiceSwitch& own : switches) env(app.add_flag(own.name, *own.value, own.help));
}

absl::Status ParseShard(const std::string& text, HostOptions& options) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &options.shard) ||
      !absl::SimpleAtoi(parts[1], &options.shard_count) || options.shard >= options.shard_count) {
    return absl::InvalidArgumentError(
        absl::StrCat("--shard ", text, ": must be I/N with I from 0 to N-1"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, std::string>> ParsePairs(
    const std::string& flag, const std::vector<std::string>& entries) {
  std::map<std::string, std::string> pairs;
  for (const std::string& entry : entries) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat(flag, " ", entry, ": must be NAME=VALUE"));
    }
    pairs[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return pairs;
}

// Channels to the services named by --peer, each made once. Thread-safe.
class PeerChannels {
 public:
  PeerChannels(std::map<std::string, std::string> addresses, std::optional<rpc::TlsFiles> tls,
               bool allow_plaintext)
      : addresses_(std::move(addresses)), tls_(std::move(tls)), allow_plaintext_(allow_plaintext) {}

  absl::StatusOr<std::shared_ptr<grpc::Channel>> Get(std::string_view area) {
    const std::string name(area);
    const auto address = addresses_.find(name);
    if (address == addresses_.end()) {
      return absl::FailedPreconditionError(
          absl::StrCat("no address of ", name, " is known; name it with --peer"));
    }
    absl::MutexLock lock(&mutex_);
    std::shared_ptr<grpc::Channel>& channel = channels_[name];
    if (channel == nullptr) {
      ASSIGN_OR_RETURN(channel, rpc::MakeChannel({.address = address->second,
                                                  .tls = tls_,
                                                  .allow_plaintext = allow_plaintext_}));
    }
    return channel;
  }

 private:
  const std::map<std::string, std::string> addresses_;
  const std::optional<rpc::TlsFiles> tls_;
  const bool allow_plaintext_;
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the token file ", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return std::string(absl::StripAsciiWhitespace(text));
}

absl::StatusOr<HostOptions> OptionsFrom(const Flags& flags) {
  HostOptions options;
  RETURN_IF_ERROR(ParseShard(flags.shard, options));
  options.data_dir = flags.data;
  options.partition_count = flags.partitions;
  options.streams.kafka.bootstrap_servers = flags.kafka;
  options.streams.publish = !flags.no_publish;
  if (flags.ack == "replicated") options.acknowledge = Acknowledge::kReplicated;
  ASSIGN_OR_RETURN(options.streams.kafka.properties,
                   ParsePairs("--kafka-property", flags.kafka_properties));
  options.server.listen = flags.listen;
  options.server.allow_plaintext = flags.allow_plaintext;
  options.server.reflection = flags.reflection;
  std::optional<rpc::TlsFiles> tls;
  if (!flags.tls.certificate.empty() || !flags.tls.authorities.empty()) tls = flags.tls;
  if (!flags.tls.certificate.empty()) options.server.tls = flags.tls;
  options.catch_up_timeout = absl::Seconds(flags.catch_up_timeout);
  ASSIGN_OR_RETURN(auto peers, ParsePairs("--peer", flags.peers));
  // shared: the options are copied.
  auto channels =
      std::make_shared<PeerChannels>(std::move(peers), std::move(tls), flags.allow_plaintext);
  options.channel_to = [channels](std::string_view area) { return channels->Get(area); };
  if (!flags.service_token.empty()) {
    options.service_token = [path = flags.service_token] { return ReadToken(path); };
  }
  return options;
}

absl::Status RunUntilSignal(ServiceDefinition definition, const Flags& flags,
                            const sigset_t& signals) {
  RETURN_IF_ERROR(rpc::SetLogLevel(flags.log_level));
  ASSIGN_OR_RETURN(HostOptions options, OptionsFrom(flags));
  rpc::Metrics metrics;
  options.metrics = &metrics;
  std::unique_ptr<rpc::TokenVerifier> verifier;
  if (!flags.tokens.jwks.empty()) {
    ASSIGN_OR_RETURN(verifier, rpc::TokenVerifier::Create(flags.tokens, Clock::System()));
    options.verifier = verifier.get();
  }
  std::unique_ptr<rpc::AdminHttp> admin;
  if (!flags.admin.empty()) {
    ASSIGN_OR_RETURN(admin, rpc::AdminHttp::Start(metrics, flags.admin));
  }
  ASSIGN_OR_RETURN(auto host, ServiceHost::Open(std::move(definition), std::move(options)));
  RETURN_IF_ERROR(host->Start());
  rpc::LogEvent(spdlog::level::info, "listening",
                {{"area", host->area()},
                 {"port", static_cast<int64_t>(host->port())},
                 {"admin_port", static_cast<int64_t>(admin == nullptr ? 0 : admin->port())}});
  host->WaitUntilServing();
  RETURN_IF_ERROR(host->Refusal());
  int signal = 0;
  sigwait(&signals, &signal);
  rpc::LogEvent(spdlog::level::info, "stopping",
                {{"area", host->area()}, {"signal", static_cast<int64_t>(signal)}});
  host->Stop();
  return absl::OkStatus();
}

}  // namespace

int ProcessMain(int argc, char** argv, ServiceDefinition definition) {
  const std::string area = definition.area;
  return ProcessMain(argc, argv, area, {}, [&definition] { return std::move(definition); });
}

int ProcessMain(int argc, char** argv, const std::string& area,
                const std::vector<ServiceSwitch>& switches,
                const std::function<ServiceDefinition()>& make) {
  SwitchOffLockOrderChecks();
  // Before any thread is made, so that every thread inherits it and only sigwait gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  CLI::App app("Pitlane's " + area + " service");
  Flags flags;
  Declare(app, flags, switches);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const absl::Status status = RunUntilSignal(make(), flags, signals);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", area.c_str(), status.ToString().c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

}  // namespace pitlane::runtime
