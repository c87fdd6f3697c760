#include "libs/runtime/feed_pump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rpc/errors.h"
#include "libs/runtime/parking.h"
#include "libs/runtime/test_counter.h"
#include "libs/runtime/test_rig.h"
#include "libs/testing/fake_feed.h"
#include "libs/testing/proto_matchers.h"
#include "pitlane/admin/v1/admin_service.pb.h"

namespace pitlane::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::EventIs;

tv1::PulseEvent Pulse(const CounterId& id, int64_t strength) {
  tv1::PulseEvent event;
  event.mutable_came()->set_counter_id(id.text());
  event.mutable_came()->set_strength(strength);
  return event;
}

class PumpRig : public Rig {
 public:
  PumpRig() : reactors_(MakeReactors()) { Opened(); }
  ~PumpRig() override { Close(); }

  void Opened() override {
    if (reactors_.For("pitlane.testing.v1.PulseCame").empty()) return;
    applier = std::make_unique<RecordApplier>(
        reactors_, RecordApplier::Prototypes{{"pulse", &tv1::PulseEvent::default_instance()}},
        "counter");
    pump = std::make_unique<FeedPump>("pulse", std::nullopt, stream.Feed(), *executor, *applier,
                                      clock, FeedPumpOptions{.window = 4});
    auto cursors = LoadCursors(*journal);
    ASSERT_THAT(cursors, IsOk());
    pump->Start(*cursors);
  }
  void Closing() override {
    pump->Stop();
    executor->Drain();
    pump = nullptr;
    applier = nullptr;
  }

  // Pump and executor until neither has anything to do.
  void Run() {
    while (pump->Step() + executor->Step() > 0) {
    }
  }
  void Publish(const CounterId& id, int64_t strength, uint32_t partition = 0) {
    auto event = Pulse(id, strength);
    stream.Publish(event, id.text(), partition);
  }
  ParkedKey KeyOf(const CounterId& id) { return {"pulse.0.0", id.text()}; }
  std::vector<v1::ParkedRecord> Parked(std::string_view source = "") {
    const auto page = ListParked(*journal, source, 100, "");
    EXPECT_THAT(page, IsOk());
    return page->records;
  }
  absl::StatusOr<RetryResult> Retry(const ParkedKey& key) {
    absl::StatusOr<RetryResult> result = absl::UnknownError("not done");
    RetryParked(*executor, *applier, key, [&](auto done) { result = std::move(done); });
    executor->Drain();
    return result;
  }

  testing::FakeStream stream{"pulse"};
  std::unique_ptr<RecordApplier> applier;
  std::unique_ptr<FeedPump> pump;

 private:
  static std::vector<std::unique_ptr<Reactor>> MakeReactors() {
    std::vector<std::unique_ptr<Reactor>> reactors;
    reactors.push_back(std::make_unique<OnPulseCame>());
    return reactors;
  }
  ReactorRegistry reactors_{{}};
};

}  // namespace
}  // namespace pitlane::runtime
