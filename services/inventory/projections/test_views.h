// One projection over a journal in memory, for tests: events in, rows out.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/journal/journal.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "libs/testing/memory_disk.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::inventory {

template <class P>
class ViewRig {
 public:
  ViewRig() {
    journal::Options options;
    options.path = "/inventory";
    options.identity.service = "inventory";
    options.env = disk_.env();
    auto opened = journal::Journal::Open(std::move(options));
    EXPECT_THAT(opened, IsOk());
    journal_ = *std::move(opened);
    Refresh();
  }

  // Commits what the projection makes of the event, with this stream id and version in its meta.
  void On(v1::InventoryEvent event, const std::string& stream_id, uint64_t version = 1) {
    event.mutable_meta()->set_stream_id(stream_id);
    event.mutable_meta()->set_version(version);
    On(event);
  }
  void On(const v1::InventoryEvent& event) {
    journal::Batch batch = journal_->NewBatch();
    {
      runtime::ViewWriter rows(batch, P::kView, 1);
      projection_.OnEvent(event, rows);
      EXPECT_THAT(rows.status(), IsOk());
    }
    EXPECT_THAT(journal_->Commit(std::move(batch)), IsOk());
    Refresh();
  }

  runtime::ViewReader& views() { return *views_; }
  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    EXPECT_THAT(views_->ForEach(P::kView, {},
                                [&](std::string_view key, std::string_view) {
                                  keys.emplace_back(key);
                                  return true;
                                }),
                IsOk());
    return keys;
  }

 private:
  void Refresh() {
    views_ = nullptr;
    reader_ = journal_->NewReader();
    views_ = std::make_unique<runtime::CommittedViews>(*reader_);
  }

  testing::MemoryDisk disk_;
  P projection_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<journal::Reader> reader_;         // before its journal goes
  std::unique_ptr<runtime::CommittedViews> views_;  // before its reader goes
};

inline v1::InventoryEvent PartImportedEvent(const std::string& part_id, const std::string& number,
                                            const std::string& brand = "",
                                            const std::string& description = "",
                                            const std::string& gtin = "") {
  v1::InventoryEvent event;
  v1::Part& part = *event.mutable_part_imported()->mutable_part();
  part.set_part_id(part_id);
  part.set_number(number);
  part.set_brand(brand);
  part.set_description(description);
  part.set_gtin(gtin);
  return event;
}

}  // namespace pitlane::inventory
