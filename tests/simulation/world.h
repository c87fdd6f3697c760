// The simulated world: one thread, one clock that jumps from one thing that happens to the next,
// and an order of everything that is drawn from the seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/runtime/stepper.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/fiber.h"
#include "tests/simulation/random.h"

namespace pitlane::simulation {

class World;

// A computer's clock: the world's time and how far it is off.
class WorldClock final : public Clock {
 public:
  explicit WorldClock(const World& world) : world_(world) {}
  absl::Time Now() override;
  void set_offset(absl::Duration offset) { offset_ = offset; }
  absl::Duration offset() const { return offset_; }

 private:
  const World& world_;
  absl::Duration offset_;
};

class World {
 public:
  // `traced`: keeps every line that Note gets, not only the last ones.
  World(uint64_t seed, bool traced);
  ~World();

  // Tells the scripts that wait to end. What they use must still be there.
  void End();

  uint64_t seed() const { return seed_; }
  absl::Time now() const { return now_; }
  Random Draws(std::string_view name) const { return Random(seed_, name); }

  // --- what happens ---
  void After(absl::Duration delay, std::function<void()> what);

  // Something that is stepped while it says that it has work. Returns a number for Remove.
  struct Actor {
    std::string name;
    std::function<size_t()> step;
    std::function<absl::Time()> next;  // on the world's clock
  };
  uint64_t Add(Actor actor);
  void Remove(uint64_t id);
  // A wake-up for the actor: may be called for ever, also when it is gone.
  std::function<void()> WakeupOf(uint64_t id);

  // A script. It begins as soon as possible.
  void Spawn(std::string name, std::function<void()> body);
  size_t running_scripts() const;
  // For scripts. False: the world ends, and so must the script.
  bool Sleep(absl::Duration duration);
  // Waits until `*ready` or `timeout`; whoever sets it calls Resume of the fiber. False as above.
  bool WaitFor(const bool& ready, absl::Duration timeout);
  void Resume(Fiber* fiber);
  bool ending() const { return ending_; }

  // Goes on until `until` is true (looked at between two happenings), the time comes, or something
  // is wrong. True when `until` was.
  bool Run(const std::function<bool()>& until, absl::Time deadline);
  uint64_t happenings() const { return happenings_; }

  // --- what is found ---
  // Goes into the trace and its hash.
  void Note(std::string_view line);
  // The same for what is frequent: only into the hash.
  void Hash(uint64_t value);
  uint64_t trace_hash() const { return hash_; }
  const std::deque<std::string>& trace() const { return trace_; }
  // A promise was broken; the first one is kept.
  void Fail(const std::string& what);
  const std::string& failure() const { return failure_; }
  Coverage& coverage() { return coverage_; }

 private:
  struct Running {
    Actor actor;
    std::shared_ptr<bool> pending;  // shared with wake-ups
    uint64_t steps = 0;
  };

  std::string Busiest() const;
  bool Advance(absl::Time deadline);
  void RunDue();
  void StepOne();

  const uint64_t seed_;
  const bool traced_;
  absl::Time now_;
  Random order_;
  uint64_t happenings_ = 0;
  uint64_t next_id_ = 0;
  std::map<std::pair<absl::Time, uint64_t>, std::function<void()>> queue_;
  std::map<uint64_t, Running> actors_;
  std::vector<uint64_t> ready_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  bool ending_ = false;

  uint64_t hash_ = 0xCBF29CE484222325u;
  std::deque<std::string> trace_;
  std::string failure_;
  Coverage coverage_;
};

}  // namespace pitlane::simulation
