#include "tests/crash/run.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "tests/checker/kafka_topic.h"
#include "tests/checker/records.h"
#include "tests/checker/rocks_store.h"
#include "tests/checker/verify.h"
#include "tools/pitlane/areas.h"
#include "tools/pitlane/session.h"

namespace pitlane::crash {
namespace {

using Admin = admin::v1::AdminService::Stub;

constexpr absl::Duration kLook = absl::Milliseconds(100);
constexpr absl::Duration kQuiet = absl::Milliseconds(400);
constexpr absl::Duration kCallTimeout = absl::Seconds(5);

class Runner {
 public:
  Runner(Site& site, const RunOptions& options, RunResult& result)
      : site_(site),
        options_(options),
        result_(result),
        record_path_(site.folder() + "/clients.jsonl"),
        record_(record_path_),
        faults_(site, options.seed,
                {.longest_suspension = options.longest_suspension,
                 .fill = options.fill,
                 .free = options.free}) {}

  absl::Status Run() {
    RETURN_IF_ERROR(site_.StartAll());
    ASSIGN_OR_RETURN(const tools::DemoShop shop, LoadShop());
    Clients clients(site_.connection(), shop, record_,
                    {.people = options_.people,
                     .seed = options_.seed,
                     .run = absl::StrCat("c", options_.seed)});
    const absl::Time begin = absl::Now();
    absl::Status status;
    do {
      status = Round(clients);
      ++result_.rounds;
      result_.clients = clients.counts();
      result_.faults = faults_.counts();
      Say(absl::StrCat("round ", result_.rounds, ": ", result_.faults.kills(), " kills, ",
                       result_.clients.acknowledged, " acknowledged, ", result_.clients.unknown,
                       " unknown, ", result_.clients.refused, " refused, ", result_.clients.paid,
                       " tickets paid; ", status.ok() ? "nothing lost, nothing twice" : "FAILED"));
    } while (status.ok() && !IsOver(begin));
    return status;
  }

 private:
  void Say(const std::string& text) const {
    if (options_.say) options_.say(text);
  }

  bool IsOver(absl::Time begin) const {
    const bool limited = options_.duration > absl::ZeroDuration() || options_.kills > 0;
    if (options_.rounds > 0 && result_.rounds >= options_.rounds) return true;
    if (options_.kills > 0 && result_.faults.kills() >= options_.kills) return true;
    if (options_.duration > absl::ZeroDuration() && absl::Now() - begin >= options_.duration) {
      return true;
    }
    return !limited && options_.rounds == 0;
  }

  absl::StatusOr<tools::DemoShop> LoadShop() {
    const absl::Time give_up = absl::Now() + options_.patience;
    while (true) {
      const auto connected = tools::Connect(site_.connection());
      if (connected.ok()) {
        tools::Session session((*connected)->channel(), (*connected)->token(), options_.patience);
        absl::StatusOr<tools::DemoShop> shop = tools::LoadDemoShop(session);
        if (shop.ok() || absl::Now() > give_up) return shop;
      } else if (absl::Now() > give_up) {
        return connected.status();
      }
      absl::SleepFor(kLook);
    }
  }

  absl::Status Round(Clients& clients) {
    clients.Resume();
    for (int i = 0; i < options_.faults_per_round; ++i) {
      const FaultKind kind = options_.choose ? options_.choose(faults_) : faults_.Choose();
      RETURN_IF_ERROR(faults_.Suffer(kind));
      // Some work between them, or nothing would be there to be lost.
      absl::SleepFor(absl::Milliseconds(500));
    }
    clients.Pause(options_.patience / 2);
    return AwaitSound();
  }

  // Everything comes to rest, and then holds.
  absl::Status AwaitSound() {
    const absl::Time give_up = absl::Now() + options_.patience;
    std::string restless;
    while (true) {
      const absl::StatusOr<bool> quiet = IsQuiet(restless);
      if (quiet.ok() && *quiet) {
        RETURN_IF_ERROR(CheckOnce());
        // While a rule waits for what is still to come, there may be more to come.
        if (result_.last.sound()) return absl::OkStatus();
        restless = result_.last.Text(false);
      } else if (!quiet.ok()) {
        restless = quiet.status().ToString();
      }
      if (absl::Now() > give_up) {
        if (!result_.last.sound()) return absl::DataLossError(restless);
        return absl::DeadlineExceededError(absl::StrCat("no rest: ", restless));
      }
      absl::SleepFor(kLook);
    }
  }

  absl::StatusOr<std::string> PositionsNow(bool& busy, std::string& restless) {
    ASSIGN_OR_RETURN(const auto connected, tools::Connect(site_.connection()));
    tools::Session session(connected->channel(), connected->token(), kCallTimeout);
    const auto admin = admin::v1::AdminService::NewStub(session.channel());
    std::string positions;
    for (std::string_view area : tools::kAreas) {
      ASSIGN_OR_RETURN(const auto status, session.Call(*admin, &Admin::GetStatus,
                                                       admin::v1::GetStatusRequest(), area));
      absl::StrAppend(&positions, status.last_position(), " ");
      if (status.open_effects() > 0) {
        busy = true;
        restless = absl::StrCat(std::string(area), " has ", status.open_effects(), " open effects");
      }
      for (const auto& feed : status.feeds()) {
        for (const auto& source : feed.sources()) {
          absl::StrAppend(&positions, source.position(), ",");
        }
      }
    }
    return positions;
  }

  absl::StatusOr<bool> IsQuiet(std::string& restless) {
    bool busy = false;
    ASSIGN_OR_RETURN(const std::string before, PositionsNow(busy, restless));
    if (busy) return false;
    absl::SleepFor(kQuiet);
    ASSIGN_OR_RETURN(const std::string after, PositionsNow(busy, restless));
    return !busy && before == after;
  }

  absl::Status CheckOnce() {
    checker::History history;
    ASSIGN_OR_RETURN(history.stores, checker::OpenStores(site_.data_dir()));
    if (site_.broker() != nullptr) {
      std::vector<std::string> areas;
      for (std::string_view area : tools::kAreas) areas.emplace_back(area);
      ASSIGN_OR_RETURN(history.topics, checker::OpenTopics(site_.broker()->address(), areas));
    }
    history.clients.emplace();
    RETURN_IF_ERROR(checker::ReadClientRecords(record_path_, *history.clients));
    ASSIGN_OR_RETURN(result_.last,
                     checker::Verify(history, {.unrecorded_requests = {"demo-", "import-"}}));
    return absl::OkStatus();
  }

  Site& site_;
  const RunOptions& options_;
  RunResult& result_;
  const std::string record_path_;
  RecordFile record_;
  Faults faults_;
};

}  // namespace

absl::Status Run(Site& site, const RunOptions& options, RunResult& result) {
  return Runner(site, options, result).Run();
}

}  // namespace pitlane::crash
