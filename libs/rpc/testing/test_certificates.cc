#include "libs/rpc/testing/test_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

#include "libs/base/check.h"

namespace pitlane::rpc::testing {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

Key MakeKey() {
  Key key(EVP_EC_gen("P-256"));
  PITLANE_CHECK(key != nullptr) << "no key";
  return key;
}

void AddExtension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  PITLANE_CHECK(extension != nullptr) << value;
  X509_add_ext(certificate, extension.get(), -1);
}

// Signed by `issuer_key`; self-signed when `issuer` is null.
Certificate Certify(EVP_PKEY* subject_key, const char* name, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509* raw = certificate.get();
  X509_set_version(raw, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
  X509_gmtime_adj(X509_getm_notAfter(raw), 24 * 3600);
  X509_set_pubkey(raw, subject_key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509* signer = issuer == nullptr ? raw : issuer;
  X509_set_issuer_name(raw, X509_get_subject_name(signer));
  AddExtension(raw, signer, NID_basic_constraints,
               issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  AddExtension(raw, signer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  PITLANE_CHECK(X509_sign(raw, issuer_key, EVP_sha256()) > 0) << "not signed";
  return certificate;
}

template <typename Write>
void WriteFile(const std::string& path, const Write& write) {
  const std::unique_ptr<FILE, Free<std::fclose>> file(std::fopen(path.c_str(), "w"));
  PITLANE_CHECK(file != nullptr && write(file.get()) == 1) << path;
}

}  // namespace

TestCertificates::TestCertificates() {
  const Key authority_key = MakeKey();
  const Certificate authority =
      Certify(authority_key.get(), "Test authority", nullptr, authority_key.get());
  const Key key = MakeKey();
  const Certificate certificate =
      Certify(key.get(), "localhost", authority.get(), authority_key.get());
  WriteFile(folder_.path() + "/authority.pem",
            [&](FILE* file) { return PEM_write_X509(file, authority.get()); });
  WriteFile(folder_.path() + "/certificate.pem",
            [&](FILE* file) { return PEM_write_X509(file, certificate.get()); });
  WriteFile(folder_.path() + "/key.pem", [&](FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

TlsFiles TestCertificates::Files() const {
  return {.certificate = folder_.path() + "/certificate.pem",
          .private_key = folder_.path() + "/key.pem",
          .authorities = folder_.path() + "/authority.pem"};
}

TlsFiles TestCertificates::TrustOnly() const {
  return {.authorities = folder_.path() + "/authority.pem"};
}

}  // namespace pitlane::rpc::testing
