// The one-computer installation: gateway and services in this process, events over their journals.
#pragma once

#include <memory>
#include <string>

#include "tests/e2e/deployment.h"
#include "tools/pitlane/suite.h"

namespace pitlane::e2e {

// There are no separate services here: Start and Stop are for the whole suite.
class Embedded final : public Deployment {
 public:
  using Deployment::Deployment;

  absl::Status Start() override;
  absl::Status Stop() override;
  tools::ConnectionOptions connection() const override;

 protected:
  std::string LogOf(const std::string& area) const override;

 private:
  std::unique_ptr<tools::Suite> suite_;
};

}  // namespace pitlane::e2e
