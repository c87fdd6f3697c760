#include "services/customer_vehicle/domain/vpic_tables.h"

#include <cstddef>

// The assembler takes the files as they are: a string literal of this size would cost minutes.
#define PITLANE_EMBED(name, file)            \
  __asm__(                                   \
      ".pushsection .rodata\n"               \
      ".global pitlane_" name                \
      "_begin\n"                             \
      "pitlane_" name                        \
      "_begin:\n"                            \
      ".incbin \"" PITLANE_VPIC_DIR "/" file \
      "\"\n"                                 \
      ".global pitlane_" name                \
      "_end\n"                               \
      "pitlane_" name                        \
      "_end:\n"                              \
      ".popsection\n")

PITLANE_EMBED("vpic_manufacturers", "manufacturers.tsv");
PITLANE_EMBED("vpic_schemas", "schemas.tsv");
PITLANE_EMBED("vpic_models", "models.tsv");

#undef PITLANE_EMBED

extern "C" {
extern const char pitlane_vpic_manufacturers_begin[];
extern const char pitlane_vpic_manufacturers_end[];
extern const char pitlane_vpic_schemas_begin[];
extern const char pitlane_vpic_schemas_end[];
extern const char pitlane_vpic_models_begin[];
extern const char pitlane_vpic_models_end[];
}

namespace pitlane::customer_vehicle {
namespace {

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

std::string_view VpicManufacturers() {
  return Between(pitlane_vpic_manufacturers_begin, pitlane_vpic_manufacturers_end);
}

std::string_view VpicSchemas() {
  return Between(pitlane_vpic_schemas_begin, pitlane_vpic_schemas_end);
}

std::string_view VpicModels() {
  return Between(pitlane_vpic_models_begin, pitlane_vpic_models_end);
}

}  // namespace pitlane::customer_vehicle
