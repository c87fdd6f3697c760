// Personal data sealed under a key per person (AES-256-GCM), so that erasing the person is
// destroying the key. Pure functions of key and nonce; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::customer_vehicle {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kNonceBytes = 12;

// Random bytes for keys and nonces.
std::string RandomBytes(Entropy& entropy, size_t count);

// AES-256-GCM: the ciphertext followed by its 16-byte tag. CHECKs the sizes of key and nonce. A
// nonce must never be used twice with a key.
std::string Encrypt(std::string_view key, std::string_view nonce, std::string_view plaintext,
                    std::string_view associated);
// DATA_LOSS unless exactly these bytes were encrypted so.
absl::StatusOr<std::string> Decrypt(std::string_view key, std::string_view nonce,
                                    std::string_view ciphertext, std::string_view associated);

// Seals a PersonalData or NoteText message of one person. Bound to the person and to the kind of
// message: neither can be taken for another.
v1::Sealed Seal(std::string_view key, std::string_view nonce, std::string_view subject_id,
                const google::protobuf::Message& message);

namespace internal {
absl::Status Open(std::string_view key, const v1::Sealed& sealed,
                  google::protobuf::Message& message);
}  // namespace internal

// DATA_LOSS when the key is another one, or the bytes were altered.
template <class Message>
absl::StatusOr<Message> Open(std::string_view key, const v1::Sealed& sealed) {
  Message message;
  RETURN_IF_ERROR(internal::Open(key, sealed, message));
  return message;
}

// 16 bytes that stand for a search word: HMAC-SHA256 under the store's search key, so that views
// hold nothing that can be read. `kind` keeps names, phones and e-mails apart.
std::string SearchToken(std::string_view search_key, char kind, std::string_view word);

// Names of the journal's secrets.
std::string PersonKeyName(std::string_view customer_id);
inline constexpr std::string_view kSearchKeyName = "customer_search";

}  // namespace pitlane::customer_vehicle
