// A small document of others that changes now and then, kept at hand: the issuer's key set, the
// list of revoked sessions. From a file, or from a URL that a thread of its own fetches.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"

namespace pitlane::rpc {

// Where, and how often. Ages and waits are measured by the clock that the source is given.
struct DocumentPlace {
  std::string what;             // for messages and logs, e.g. "key set"
  std::string path_or_url;      // http:// and https:// are URLs
  absl::Duration max_age;       // Latest looks again when the document is older
  absl::Duration renewal_wait;  // between the looks that Renewed asks for, and after failures
  absl::Duration fetch_timeout;
};

// The document as text. Thread-safe; never waits for the network.
class DocumentText {
 public:
  struct Reading {
    std::string text;
    uint64_t generation = 0;  // greater for each text that differs from the one before
  };
  // Whether a text can be taken; what cannot is logged and the one before stays.
  using Check = std::function<absl::Status(const std::string&)>;

  // NOT_FOUND, INVALID_ARGUMENT: a file that is not there or that `check` refuses. A URL may be
  // down. `clock` must outlive it.
  static absl::StatusOr<std::unique_ptr<DocumentText>> Open(DocumentPlace place, Check check,
                                                            Clock& clock);
  virtual ~DocumentText() = default;

  // nullptr while there never was one. Looks again when it is time to.
  virtual std::shared_ptr<const Reading> Latest() = 0;
  // After looking again, if renewal_wait allows and that can be done at once. nullptr while a
  // look-up is under way.
  virtual std::shared_ptr<const Reading> Renewed() = 0;
  // The last look-up failed; false for a file.
  virtual bool out_of_reach() = 0;
};

// The document as a T.
template <typename T>
class DocumentSource {
 public:
  struct Reading {
    T value;
    uint64_t generation = 0;
  };
  using Parse = absl::StatusOr<T> (*)(const std::string&);

  // As DocumentText::Open.
  static absl::StatusOr<std::unique_ptr<DocumentSource>> Open(DocumentPlace place, Parse parse,
                                                              Clock& clock) {
    auto text = DocumentText::Open(
        std::move(place), [parse](const std::string& bytes) { return parse(bytes).status(); },
        clock);
    if (!text.ok()) return text.status();
    return std::unique_ptr<DocumentSource>(new DocumentSource(*std::move(text), parse));
  }

  // As in DocumentText.
  std::shared_ptr<const Reading> Latest() { return Parsed(text_->Latest()); }
  std::shared_ptr<const Reading> Renewed() { return Parsed(text_->Renewed()); }
  bool out_of_reach() { return text_->out_of_reach(); }

 private:
  DocumentSource(std::unique_ptr<DocumentText> text, Parse parse)
      : text_(std::move(text)), parse_(parse) {}

  std::shared_ptr<const Reading> Parsed(const std::shared_ptr<const DocumentText::Reading>& text) {
    if (text == nullptr) return nullptr;
    absl::MutexLock lock(&mutex_);
    if (reading_ == nullptr || reading_->generation != text->generation) {
      absl::StatusOr<T> value = parse_(text->text);
      PITLANE_CHECK(value.ok());  // it was parsed before it was taken
      reading_ = std::make_shared<const Reading>(Reading{*std::move(value), text->generation});
    }
    return reading_;
  }

  const std::unique_ptr<DocumentText> text_;
  const Parse parse_;
  absl::Mutex mutex_;
  std::shared_ptr<const Reading> reading_ ABSL_GUARDED_BY(mutex_);  // shared with its users
};

}  // namespace pitlane::rpc
