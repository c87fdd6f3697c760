// pitlane-verify: proves that stores, topics, and what clients and the card provider wrote down are
// one history in which nothing was lost, doubled or invented.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "tests/checker/kafka_topic.h"
#include "tests/checker/records.h"
#include "tests/checker/rocks_store.h"
#include "tests/checker/verify.h"

namespace pitlane::checker {
namespace {

struct Flags {
  std::string data;
  std::string kafka;
  std::string provider_log;
  std::vector<std::string> acknowledged;
  Expectations expectations;
  bool unsettled = false;
  bool json = false;
  bool all = false;
};

absl::StatusOr<Report> Run(Flags& flags) {
  History history;
  ASSIGN_OR_RETURN(history.stores, OpenStores(flags.data));
  if (!flags.kafka.empty()) {
    std::set<std::string> areas;
    for (const auto& store : history.stores) {
      areas.insert(store->name().substr(0, store->name().rfind('.')));
    }
    ASSIGN_OR_RETURN(history.topics, OpenTopics(flags.kafka, {areas.begin(), areas.end()}));
    if (history.topics.size() != areas.size()) {
      return absl::NotFoundError(flags.kafka + " lacks the topic of an area");
    }
  }
  if (!flags.acknowledged.empty()) history.clients.emplace();
  for (const std::string& path : flags.acknowledged) {
    RETURN_IF_ERROR(ReadClientRecords(path, *history.clients));
  }
  if (!flags.provider_log.empty()) {
    ASSIGN_OR_RETURN(history.provider, ReadProviderRecords(flags.provider_log));
  }
  flags.expectations.settled = !flags.unsettled;
  return Verify(history, flags.expectations);
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app(
      "Proves a Pitlane installation from its files: exit code 0 when everything holds, 1 when "
      "something does not, 2 when something cannot be read.");
  app.add_option("--data", flags.data, "folder of the stores, each <area>.<shard>")->required();
  app.add_option("--kafka", flags.kafka, "HOST:PORT of the broker with the topics");
  app.add_option("--acknowledged", flags.acknowledged, "what clients wrote, JSON lines");
  app.add_option("--provider-log", flags.provider_log, "what the card provider wrote, JSON lines");
  app.add_option("--unrecorded", flags.expectations.unrecorded_requests,
                 "requests that begin with this were sent and not written down");
  app.add_flag("--unsettled", flags.unsettled,
               "things are still under way: look only as far as the cursors say");
  app.add_flag("--no-duplicates", flags.expectations.no_duplicates,
               "no record may be in a topic twice");
  app.add_flag("--json", flags.json, "the report as JSON");
  app.add_flag("--all", flags.all, "name the rules that hold, too");
  CLI11_PARSE(app, argc, argv);

  const absl::StatusOr<Report> report = Run(flags);
  if (!report.ok()) {
    std::fprintf(stderr, "pitlane-verify: %s\n", report.status().ToString().c_str());
    return 2;
  }
  std::fputs((flags.json ? report->Json() + "\n" : report->Text(flags.all)).c_str(), stdout);
  return report->sound() ? 0 : 1;
}

}  // namespace
}  // namespace pitlane::checker

int main(int argc, char** argv) { return pitlane::checker::Main(argc, argv); }
