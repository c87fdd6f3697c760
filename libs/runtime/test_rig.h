// A writer without threads, for tests: journal on a disk in memory, fake clock, seeded entropy;
// everything is stepped by hand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/status_matchers.h"
#include "libs/journal/journal.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/test_counter.h"
#include "libs/testing/memory_disk.h"

namespace pitlane::runtime {

class Rig {
 public:
  explicit Rig(ExecutorOptions options = {}, uint32_t schema = 1)
      : options_(options), schema_(schema) {
    Open();
  }
  virtual ~Rig() { Close(); }

  void Open() {
    journal::Options store;
    store.path = "/counter";
    store.identity = {.service = "counter", .partition_count = 4};
    store.env = disk.env();
    store.no_space_retry_interval = absl::ZeroDuration();
    auto opened = journal::Journal::Open(std::move(store));
    PITLANE_CHECK_OK(opened.status());
    journal = *std::move(opened);
    std::vector<std::unique_ptr<Projection>> all;
    all.push_back(std::make_unique<CounterTotals>(schema_));
    projections =
        std::make_unique<ProjectionSet>(tv1::CounterEvent::default_instance(), std::move(all));
    executor = std::make_unique<Executor>(*journal, *projections, clock, entropy, options_);
    Opened();
  }
  void Close() {
    if (journal == nullptr) return;
    Closing();
    executor = nullptr;
    projections = nullptr;
    journal = nullptr;
  }
  void Reopen() {
    Close();
    Open();
  }
  // As Reopen, but what was not synced is lost.
  void PowerCut() {
    const testing::MemoryDisk::Image image = disk.SyncedImage();
    Close();
    disk.Restore(image);
    Open();
  }
  void set_schema(uint32_t schema) { schema_ = schema; }

  // What a test adds to the writer.
  virtual void Opened() {}
  virtual void Closing() {}

  CounterId NewCounter(uint32_t slot = 5) { return CounterId::Make(clock, entropy, slot); }

  // A command that is answered into the result; it is decided by the next step.
  using Result = std::shared_ptr<std::optional<absl::StatusOr<Answer>>>;
  Result Submit(std::function<absl::StatusOr<std::string>(Unit&)> decide,
                std::string request_id = "", std::string fingerprint = "f") {
    auto result = std::make_shared<std::optional<absl::StatusOr<Answer>>>();
    Command command;
    command.request_id = request_id;
    command.fingerprint = std::move(fingerprint);
    command.origin.request_id = std::move(request_id);
    command.origin.actor.set_subject("tester");
    command.decide = std::move(decide);
    command.done = [result](absl::StatusOr<Answer> answer) {
      EXPECT_FALSE(result->has_value()) << "answered twice";
      *result = std::move(answer);
    };
    executor->Submit(std::move(command));
    return result;
  }
  Result SubmitOpen(const CounterId& id, std::string request_id = "") {
    return Submit(
        [id](Unit& unit) -> absl::StatusOr<std::string> {
          RETURN_IF_ERROR(unit.Execute<CounterAggregate>(
              id.text(), std::nullopt, {},
              [](const tv1::CounterState& state) { return DecideOpen(state, "a"); }));
          return std::string("opened");
        },
        std::move(request_id));
  }
  Result SubmitIncrease(const CounterId& id, int64_t by, std::string request_id = "") {
    return Submit(
        [id, by](Unit& unit) -> absl::StatusOr<std::string> {
          RETURN_IF_ERROR(unit.Execute<CounterAggregate>(
              id.text(), std::nullopt, {},
              [by](const tv1::CounterState& state) { return DecideIncrease(state, by); }));
          ASSIGN_OR_RETURN(const auto counter, unit.Load<CounterAggregate>(id.text()));
          return absl::StrCat(counter.state.total());
        },
        std::move(request_id), absl::StrCat("increase by ", by));
  }
  // Decides now; the command must be accepted.
  Answer Do(const Result& result) {
    executor->Drain();
    EXPECT_TRUE(result->has_value());
    EXPECT_THAT(**result, IsOk());
    return (**result).value_or(Answer());
  }
  CounterId OpenCounter(uint32_t slot = 5) {
    const CounterId id = NewCounter(slot);
    Do(SubmitOpen(id));
    return id;
  }

  absl::StatusOr<ReadState<CounterAggregate>> Get(const CounterId& id) {
    const auto reader = journal->NewReader();
    return ReadAggregate<CounterAggregate>(*reader, id.text());
  }
  int64_t Total(const CounterId& id) {
    const auto counter = Get(id);
    EXPECT_THAT(counter, IsOk());
    return counter.ok() ? counter->state.total() : -1;
  }
  std::vector<tv1::CounterEvent> Log(uint64_t from = 1) {
    std::vector<tv1::CounterEvent> events;
    const auto records = journal->ReadLog(from, 1'000'000, size_t{1} << 30);
    EXPECT_THAT(records, IsOk());
    for (const journal::Record& record : *records) {
      EXPECT_TRUE(events.emplace_back().ParseFromString(record.payload));
    }
    return events;
  }
  std::vector<journal::Row> Rows(std::string_view view = "counter_totals") {
    journal::ScanOptions options;
    options.limit = 1'000'000;
    options.max_bytes = size_t{1} << 30;
    const auto page = journal->ScanView(view, options);
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->rows : std::vector<journal::Row>();
  }

  testing::MemoryDisk disk;
  FakeClock clock;
  SeededEntropy entropy{7};
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<ProjectionSet> projections;
  std::unique_ptr<Executor> executor;

 private:
  const ExecutorOptions options_;
  uint32_t schema_;
};

}  // namespace pitlane::runtime
