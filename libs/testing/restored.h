// A store rebuilt from its events beside the live one: what `pitlane journal restore --from-kafka`
// would make of it, without the broker.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "libs/journal/journal.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/restore.h"
#include "libs/stream/event_bytes.h"
#include "libs/stream/topic_history.h"
#include "libs/testing/memory_disk.h"

namespace pitlane::testing {

// What the topic of a journal would hold if these were its records.
inline stream::TopicHistory HistoryOf(const journal::StoreIdentity& identity,
                                      const std::vector<journal::Record>& records) {
  std::map<uint32_t, std::shared_ptr<std::deque<stream::HistoryItem>>> items;
  for (uint32_t partition = 0; partition < identity.partition_count; ++partition) {
    items[partition] = std::make_shared<std::deque<stream::HistoryItem>>();
  }
  for (const journal::Record& record : records) {
    const auto meta = stream::ReadMeta(record.payload);
    EXPECT_THAT(meta, IsOk());
    auto& partition = *items[meta->slot() % identity.partition_count];
    const uint64_t previous = partition.empty() ? 0 : partition.back().position;
    partition.push_back(
        {.position = record.position, .previous = previous, .payload = record.payload, .unit = {}});
  }
  std::map<uint32_t, stream::HistoryPartition> partitions;
  for (const auto& [number, rest] : items) {
    partitions[number] = [rest = rest]() -> absl::StatusOr<std::optional<stream::HistoryItem>> {
      if (rest->empty()) return std::nullopt;
      stream::HistoryItem item = std::move(rest->front());
      rest->pop_front();
      return item;
    };
  }
  return {absl::StrCat(identity.service, ".", identity.shard), std::move(partitions)};
}

inline std::map<std::string, std::string> RowsOf(journal::Reader& reader, std::string_view view) {
  std::map<std::string, std::string> rows;
  EXPECT_THAT(reader.ForEachInView(view, {},
                                   [&rows](std::string_view key, std::string_view value) {
                                     rows.emplace(key, value);
                                     return true;
                                   }),
              IsOk());
  return rows;
}

// Rebuilds `original` and expects the same log, the same rows in every view, and the same open
// effects; only those of `asked_again`, which may be asked for once more, may be open besides.
inline void ExpectRestoredEqual(const journal::Journal& original,
                                const runtime::ServiceDefinition& definition,
                                const std::set<std::string>& asked_again = {}) {
  const auto reader = original.NewReader();
  const auto records = reader->ReadLog(1, 1'000'000, size_t{1} << 30);
  ASSERT_THAT(records, IsOk());
  MemoryDisk disk;
  const auto restored = journal::Journal::Open(
      {.path = "/restored", .identity = original.identity(), .env = disk.env()});
  ASSERT_THAT(restored, IsOk());
  stream::TopicHistory history = HistoryOf(original.identity(), *records);
  ASSERT_THAT(runtime::Restore(definition, **restored, history), IsOk());

  const auto rebuilt = (*restored)->NewReader();
  EXPECT_EQ(*rebuilt->GetTail(), *reader->GetTail());
  for (const auto& projection : definition.projections()) {
    EXPECT_EQ(RowsOf(*rebuilt, projection->view()), RowsOf(*reader, projection->view()))
        << projection->view();
  }
  const auto open = RowsOf(*reader, runtime::effect_rows::kView);
  auto reopened = RowsOf(*rebuilt, runtime::effect_rows::kView);
  for (const auto& [key, effect] : open) {
    ASSERT_TRUE(reopened.contains(key)) << "no effect " << key;
    const auto live = runtime::effect_rows::Decode(effect);
    const auto again = runtime::effect_rows::Decode(reopened.at(key));
    EXPECT_FALSE(again->payload.empty());
    EXPECT_EQ(again->kind, live->kind);
    reopened.erase(key);
  }
  for (const auto& [key, effect] : reopened) {
    EXPECT_TRUE(asked_again.contains(runtime::effect_rows::Decode(effect)->kind)) << key;
  }
}

}  // namespace pitlane::testing
