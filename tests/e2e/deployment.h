// Pitlane as somebody runs it, in the sizes that the end-to-end tests play the same sales on.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/session.h"

namespace pitlane::e2e {

// Gateway and six services on data in one folder. Everything ends with this object; the data stays.
// Not thread-safe.
class Deployment {
 public:
  explicit Deployment(std::string folder) : folder_(std::move(folder)) {}
  Deployment(const Deployment&) = delete;
  Deployment& operator=(const Deployment&) = delete;
  virtual ~Deployment() = default;

  // Starts everything, on the data that is there.
  virtual absl::Status Start() = 0;
  // Ends everything in good order. An error when something does not end as it should.
  virtual absl::Status Stop() = 0;
  // What the tools need to find the gateway; after Start.
  virtual tools::ConnectionOptions connection() const = 0;

  // A client at the gateway, with role owner. Waits until every service answers: an error says
  // which one does not.
  absl::StatusOr<std::unique_ptr<tools::Session>> Connect() const;
  const std::string& folder() const { return folder_; }

 protected:
  // What a service that does not answer has to say for itself; may be empty.
  virtual std::string LogOf(const std::string& area) const = 0;

 private:
  const std::string folder_;
};

// A fresh folder for a test, e.g. "<temporary folder>/pitlane-e2e-<name>"; '/' becomes '-'.
std::string FreshFolder(std::string name);

}  // namespace pitlane::e2e
