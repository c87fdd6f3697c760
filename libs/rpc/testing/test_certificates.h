// A certificate authority for tests, and what it certifies: for "localhost" and 127.0.0.1.
#pragma once

#include <string>

#include "libs/rpc/testing/test_identity.h"
#include "libs/rpc/tls.h"

namespace pitlane::rpc::testing {

// Files in a folder of its own. CHECKs instead of failing.
class TestCertificates {
 public:
  TestCertificates();

  // A certificate and key of this authority, which also trusts it.
  TlsFiles Files() const;
  // Trusts this authority, and shows nothing.
  TlsFiles TrustOnly() const;

 private:
  TempFolder folder_;
};

}  // namespace pitlane::rpc::testing
