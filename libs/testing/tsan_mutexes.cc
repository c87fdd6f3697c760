// Tells ThreadSanitizer what Abseil's mutexes order. Debian's Abseil is not built for it, so it
// sees no lock at all there and takes everything a mutex guards for a race. Part of every program
// of the preset `tsan`, and of no other: these definitions come before the library's own and call
// them.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "libs/base/check.h"

extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}

namespace {

// The library's own, by its name in the binary.
template <class Function>
Function Real(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  PITLANE_CHECK(found != nullptr) << name << " is not in this Abseil";
  return reinterpret_cast<Function>(found);
}

// While a mutex is given back, Abseil looks at what other threads wait for: under the lock, but
// after the moment at which we say that it is free.
class Unseen {
 public:
  Unseen() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  ~Unseen() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
};

}  // namespace

#define PITLANE_REAL(name, type) static const auto real = Real<type>(name)

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  PITLANE_REAL("_ZN4absl7debian35Mutex4LockEv", void (*)(Mutex*));
  real(this);
  __tsan_acquire(this);
}

void Mutex::Unlock() {
  PITLANE_REAL("_ZN4absl7debian35Mutex6UnlockEv", void (*)(Mutex*));
  __tsan_release(this);
  const Unseen unseen;
  real(this);
}

bool Mutex::TryLock() {
  PITLANE_REAL("_ZN4absl7debian35Mutex7TryLockEv", bool (*)(Mutex*));
  const bool locked = real(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::ReaderLock() {
  PITLANE_REAL("_ZN4absl7debian35Mutex10ReaderLockEv", void (*)(Mutex*));
  real(this);
  __tsan_acquire(this);
}

void Mutex::ReaderUnlock() {
  PITLANE_REAL("_ZN4absl7debian35Mutex12ReaderUnlockEv", void (*)(Mutex*));
  __tsan_release(this);
  const Unseen unseen;
  real(this);
}

void Mutex::Await(const Condition& condition) {
  PITLANE_REAL("_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE",
               void (*)(Mutex*, const Condition&));
  __tsan_release(this);
  {
    const Unseen unseen;
    real(this, condition);
  }
  __tsan_acquire(this);
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  PITLANE_REAL("_ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE",
               bool (*)(Mutex*, const Condition&, Duration));
  __tsan_release(this);
  bool reached;
  {
    const Unseen unseen;
    reached = real(this, condition, timeout);
  }
  __tsan_acquire(this);
  return reached;
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  PITLANE_REAL("_ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE",
               bool (*)(Mutex*, const Condition&, Time));
  __tsan_release(this);
  bool reached;
  {
    const Unseen unseen;
    reached = real(this, condition, deadline);
  }
  __tsan_acquire(this);
  return reached;
}

void Mutex::LockWhen(const Condition& condition) {
  PITLANE_REAL("_ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE",
               void (*)(Mutex*, const Condition&));
  {
    const Unseen unseen;
    real(this, condition);
  }
  __tsan_acquire(this);
}

void CondVar::Wait(Mutex* mutex) {
  PITLANE_REAL("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE", void (*)(CondVar*, Mutex*));
  __tsan_release(mutex);
  {
    const Unseen unseen;
    real(this, mutex);
  }
  __tsan_acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  PITLANE_REAL("_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE",
               bool (*)(CondVar*, Mutex*, Duration));
  __tsan_release(mutex);
  bool timed_out;
  {
    const Unseen unseen;
    timed_out = real(this, mutex, timeout);
  }
  __tsan_acquire(mutex);
  return timed_out;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  PITLANE_REAL("_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE",
               bool (*)(CondVar*, Mutex*, Time));
  __tsan_release(mutex);
  bool timed_out;
  {
    const Unseen unseen;
    timed_out = real(this, mutex, deadline);
  }
  __tsan_acquire(mutex);
  return timed_out;
}

void Notification::Notify() {
  PITLANE_REAL("_ZN4absl7debian312Notification6NotifyEv", void (*)(Notification*));
  __tsan_release(this);
  real(this);
}

void Notification::WaitForNotification() const {
  PITLANE_REAL("_ZNK4absl7debian312Notification19WaitForNotificationEv",
               void (*)(const Notification*));
  real(this);
  __tsan_acquire(const_cast<Notification*>(this));
}

bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  PITLANE_REAL("_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE",
               bool (*)(const Notification*, Duration));
  const bool notified = real(this, timeout);
  if (notified) __tsan_acquire(const_cast<Notification*>(this));
  return notified;
}

ABSL_NAMESPACE_END
}  // namespace absl
