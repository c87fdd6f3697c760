#include "tests/simulation/fiber.h"

#include <cstddef>
#include <utility>

#include "libs/base/check.h"

namespace pitlane::simulation {
namespace {

constexpr size_t kStackBytes = 256u << 10;
Fiber* current = nullptr;

}  // namespace

Fiber::Fiber(std::function<void()> body)
    : body_(std::move(body)), stack_(new char[kStackBytes]) {  // not zeroed: most is never touched
  PITLANE_CHECK(getcontext(&inside_) == 0);
  inside_.uc_stack.ss_sp = stack_.get();
  inside_.uc_stack.ss_size = kStackBytes;
  inside_.uc_link = &outside_;
  makecontext(&inside_, &Fiber::Enter, 0);
}

Fiber::~Fiber() { PITLANE_CHECK(done_) << "a script is given up half way"; }

void Fiber::Enter() {
  Fiber& fiber = *current;
  fiber.body_();
  fiber.done_ = true;
}

void Fiber::Resume() {
  PITLANE_CHECK(current == nullptr && !done_);
  current = this;
  PITLANE_CHECK(swapcontext(&outside_, &inside_) == 0);
  current = nullptr;
}

void Fiber::Suspend() {
  PITLANE_CHECK(current != nullptr) << "only a script can wait";
  Fiber& fiber = *current;
  PITLANE_CHECK(swapcontext(&fiber.inside_, &fiber.outside_) == 0);
}

Fiber* Fiber::Current() { return current; }

}  // namespace pitlane::simulation
