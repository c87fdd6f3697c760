#include "services/customer_vehicle/domain/sealing.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "openssl/evp.h"
#include "openssl/hmac.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr size_t kTagBytes = 16;
constexpr size_t kSearchTokenBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string Associated(std::string_view subject_id, const google::protobuf::Message& message) {
  std::string associated(subject_id);
  associated.push_back('\0');
  return associated + message.GetDescriptor()->full_name();
}

absl::Status DoesNotOpen(const v1::Sealed& sealed) {
  return rpc::DataLoss(absl::StrCat("sealed data of ", sealed.subject_id(), " does not open"));
}

}  // namespace

std::string RandomBytes(Entropy& entropy, size_t count) {
  std::string bytes;
  while (bytes.size() < count) AppendBigEndian64(bytes, entropy.Next64());
  bytes.resize(count);
  return bytes;
}

std::string Encrypt(std::string_view key, std::string_view nonce, std::string_view plaintext,
                    std::string_view associated) {
  PITLANE_CHECK(key.size() == kKeyBytes && nonce.size() == kNonceBytes);
  const Context context(EVP_CIPHER_CTX_new());
  std::string ciphertext(plaintext.size() + kTagBytes, '\0');
  int written = 0;
  int rest = 0;
  const bool done = context != nullptr &&
                    EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key),
                                       Bytes(nonce)) == 1 &&
                    EVP_EncryptUpdate(context.get(), nullptr, &written, Bytes(associated),
                                      static_cast<int>(associated.size())) == 1 &&
                    EVP_EncryptUpdate(context.get(), Bytes(ciphertext), &written, Bytes(plaintext),
                                      static_cast<int>(plaintext.size())) == 1 &&
                    EVP_EncryptFinal_ex(context.get(), Bytes(ciphertext) + written, &rest) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                                        Bytes(ciphertext) + plaintext.size()) == 1;
  // Nothing here depends on what is encrypted: a failure is a broken OpenSSL.
  PITLANE_CHECK(done) << "AES-256-GCM does not work";
  return ciphertext;
}

absl::StatusOr<std::string> Decrypt(std::string_view key, std::string_view nonce,
                                    std::string_view ciphertext, std::string_view associated) {
  if (key.size() != kKeyBytes || nonce.size() != kNonceBytes || ciphertext.size() < kTagBytes) {
    return rpc::DataLoss("sealed data is malformed");
  }
  const Context context(EVP_CIPHER_CTX_new());
  const std::string_view body = ciphertext.substr(0, ciphertext.size() - kTagBytes);
  std::string tag(ciphertext.substr(body.size()));
  std::string plaintext(body.size(), '\0');
  int written = 0;
  int rest = 0;
  const bool opened =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) ==
          1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, Bytes(associated),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Bytes(plaintext), &written, Bytes(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Bytes(plaintext) + written, &rest) == 1;
  if (!opened) return rpc::DataLoss("sealed data does not open");
  return plaintext;
}

v1::Sealed Seal(std::string_view key, std::string_view nonce, std::string_view subject_id,
                const google::protobuf::Message& message) {
  v1::Sealed sealed;
  sealed.set_subject_id(std::string(subject_id));
  sealed.set_nonce(std::string(nonce));
  sealed.set_ciphertext(
      Encrypt(key, nonce, message.SerializeAsString(), Associated(subject_id, message)));
  return sealed;
}

absl::Status internal::Open(std::string_view key, const v1::Sealed& sealed,
                            google::protobuf::Message& message) {
  const auto plaintext =
      Decrypt(key, sealed.nonce(), sealed.ciphertext(), Associated(sealed.subject_id(), message));
  if (!plaintext.ok() || !message.ParseFromString(*plaintext)) return DoesNotOpen(sealed);
  return absl::OkStatus();
}

std::string SearchToken(std::string_view search_key, char kind, std::string_view word) {
  std::string text(1, kind);
  text.append(word);
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  PITLANE_CHECK(HMAC(EVP_sha256(), search_key.data(), static_cast<int>(search_key.size()),
                     Bytes(std::string_view(text)), text.size(), Bytes(digest),
                     &length) != nullptr);
  digest.resize(kSearchTokenBytes);
  return digest;
}

std::string PersonKeyName(std::string_view customer_id) {
  return absl::StrCat("person/", ToAbsl(customer_id));
}

}  // namespace pitlane::customer_vehicle
