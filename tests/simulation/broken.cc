#include "tests/simulation/broken.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::simulation {
namespace {

// Every so many records of a feed.
constexpr uint64_t kEvery = 40;

// Gives a record in the place of the one behind it, or leaves one out, so that no position tells.
class BrokenFeed final : public stream::EventFeed {
 public:
  BrokenFeed(std::unique_ptr<stream::EventFeed> inside, bool twice)
      : inside_(std::move(inside)), twice_(twice) {}

  absl::Status Seek(const std::map<stream::Source, uint64_t>& cursors) override {
    return inside_->Seek(cursors);
  }
  absl::StatusOr<std::vector<stream::FeedRecord>> Poll(size_t max_records) override {
    ASSIGN_OR_RETURN(std::vector<stream::FeedRecord> records, inside_->Poll(max_records));
    for (stream::FeedRecord& record : records) {
      std::string& before = before_[record.source];
      if (++count_ % kEvery == 0 && !before.empty()) {
        if (twice_) {
          record.payload = before;
        } else {
          // Another kind of event, which nobody listens to.
          common::v1::Envelope envelope;
          PITLANE_CHECK(envelope.ParseFromString(record.payload));
          envelope.mutable_meta()->set_type("pitlane.nobody.v1.NothingHappened");
          common::v1::Envelope only_meta;
          *only_meta.mutable_meta() = envelope.meta();
          record.payload = only_meta.SerializeAsString();
        }
      }
      before = record.payload;
    }
    return records;
  }
  void SetWakeup(std::function<void()> wakeup) override { inside_->SetWakeup(std::move(wakeup)); }
  bool caught_up() const override { return inside_->caught_up(); }

 private:
  const std::unique_ptr<stream::EventFeed> inside_;
  const bool twice_;
  uint64_t count_ = 0;
  std::map<stream::Source, std::string> before_;
};

}  // namespace

const std::vector<std::string_view>& Breakable() {
  static const auto* const all = new std::vector<std::string_view>{
      "record_applied_twice", "record_skipped", "acknowledged_tail_lost", "store_set_back",
      "charged_twice"};
  return *all;
}

std::unique_ptr<stream::EventFeed> BreakFeed(const Plan& plan, World&,
                                             std::unique_ptr<stream::EventFeed> feed) {
  const bool twice = plan.broken == "record_applied_twice";
  if (!twice && plan.broken != "record_skipped") return feed;
  return std::make_unique<BrokenFeed>(std::move(feed), twice);
}

void BreakDisk(const Plan& plan, World& world, Service& service) {
  if (plan.broken == "store_set_back") {
    // With everything that belongs to it, so that nothing in it tells.
    if (!service.older_image().empty()) service.disk().Restore(service.older_image());
    service.older_image() = service.disk().SyncedImage();
    return;
  }
  if (plan.broken != "acknowledged_tail_lost") return;
  testing::MemoryDisk::Image image = service.disk().SyncedImage();
  for (auto& [name, bytes] : image) {
    if (!absl::EndsWith(name, ".log") || bytes.size() < 2000) continue;
    bytes.resize(bytes.size() - 1000);
    world.Note("the disk lies: the end of " + name + " is gone");
  }
  service.disk().Restore(image);
}

bool ChargesTwice(const Plan& plan) { return plan.broken == "charged_twice"; }

}  // namespace pitlane::simulation
