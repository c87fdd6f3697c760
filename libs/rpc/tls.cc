#include "libs/rpc/tls.h"

#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::rpc {
namespace {

// Empty for an empty path.
absl::StatusOr<std::string> ReadPem(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::NotFoundError(absl::StrCat("TLS file ", path, " cannot be read"));
  }
  return text.str();
}

absl::Status CheckPlaintext(std::string_view address, bool allow_plaintext) {
  if (allow_plaintext || IsLoopback(address)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(ToAbsl(address),
                   " is not loopback: give TLS files, or allow plaintext where the "
                   "network itself is protected"));
}

bool IsLoopbackV4(absl::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (absl::string_view part : parts) {
    uint32_t number = 0;
    if (!absl::SimpleAtoi(part, &number) || number > 255) return false;
  }
  return true;
}

}  // namespace

bool IsLoopback(std::string_view text) {
  absl::string_view address = ToAbsl(text);
  if (absl::StartsWith(address, "unix:")) return true;
  absl::ConsumePrefix(&address, "dns:///");
  const size_t colon = address.rfind(':');
  const absl::string_view host = address.substr(0, colon);
  return host == "localhost" || host == "[::1]" || IsLoopbackV4(host);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsFor(
    const std::optional<TlsFiles>& tls, std::string_view address, bool allow_plaintext) {
  if (!tls.has_value()) {
    RETURN_IF_ERROR(CheckPlaintext(address, allow_plaintext));
    return grpc::InsecureServerCredentials();
  }
  ASSIGN_OR_RETURN(const std::string certificate, ReadPem(tls->certificate));
  ASSIGN_OR_RETURN(const std::string key, ReadPem(tls->private_key));
  if (certificate.empty() || key.empty()) {
    return absl::FailedPreconditionError("a TLS server needs a certificate and its private key");
  }
  grpc::SslServerCredentialsOptions options(
      tls->authorities.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                               : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  ASSIGN_OR_RETURN(options.pem_root_certs, ReadPem(tls->authorities));
  options.pem_key_cert_pairs.push_back({key, certificate});
  return grpc::SslServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsFor(
    const std::optional<TlsFiles>& tls, std::string_view address, bool allow_plaintext) {
  if (!tls.has_value()) {
    RETURN_IF_ERROR(CheckPlaintext(address, allow_plaintext));
    return grpc::InsecureChannelCredentials();
  }
  grpc::SslCredentialsOptions options;
  ASSIGN_OR_RETURN(options.pem_root_certs, ReadPem(tls->authorities));
  ASSIGN_OR_RETURN(options.pem_cert_chain, ReadPem(tls->certificate));
  ASSIGN_OR_RETURN(options.pem_private_key, ReadPem(tls->private_key));
  return grpc::SslCredentials(options);
}

}  // namespace pitlane::rpc
