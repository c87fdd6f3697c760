// Values as they may stand in a damaged store.
#include "libs/journal/codec.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pitlane::journal;            // NOLINT(google-build-using-namespace)
  using namespace pitlane::journal::internal;  // NOLINT(google-build-using-namespace)
  const std::string_view value = pitlane::fuzz::AsText(data, size);
  const auto record = DecodeRecord(7, value);
  if (record.ok()) {
    // Written again it reads as the same; the bytes may differ where a length was not the shortest.
    RecordEncoder encoder;
    encoder.Encode(record->chain, 7, record->stream_id, record->version, record->payload);
    const auto again = DecodeRecordBody(7, encoder.body());
    MUST_HOLD(again.ok() && again->stream_id == record->stream_id);
    MUST_HOLD(again->version == record->version && again->payload == record->payload);
    MUST_HOLD(!IsValidName(record->stream_id) || !record->stream_id.empty());
  }
  pitlane::fuzz::Survives(DecodeRecordBody(7, value));
  ParseLogKey(value);
  ParseStreamKey(value);
  const auto answer = DecodeAnswer("r", value);
  MUST_HOLD(!answer.ok() || DecodeAnswer("r", EncodeAnswer(*answer)).ok());
  DecodeSnapshot(value, 1);
  pitlane::fuzz::Survives(DecodeViewState("v", value));
  pitlane::fuzz::Survives(DecodeIdentity(value));
  pitlane::fuzz::Survives(DecodeNumber("n", value));
  return 0;
}
