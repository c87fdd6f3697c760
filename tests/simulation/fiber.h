// A script that waits: it runs on the simulation's one thread, on a stack of its own, until it asks
// for something that takes virtual time.
#pragma once

#include <ucontext.h>

#include <functional>
#include <memory>

namespace pitlane::simulation {

class Fiber {
 public:
  // Nothing runs before the first Resume.
  explicit Fiber(std::function<void()> body);
  // The body must have ended.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs the body until it suspends or ends. Never from within a fiber.
  void Resume();
  bool done() const { return done_; }

  // From within a fiber: back to whoever resumed it.
  static void Suspend();
  // The one that runs; nullptr outside.
  static Fiber* Current();

 private:
  static void Enter();

  std::function<void()> body_;
  std::unique_ptr<char[]> stack_;
  ucontext_t inside_{};
  ucontext_t outside_{};
  bool done_ = false;
};

}  // namespace pitlane::simulation
