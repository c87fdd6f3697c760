#include "libs/rpc/token_flags.h"

#include <string>
#include <vector>

namespace pitlane::rpc {

void DeclareTokenFlags(CLI::App& app, TokenVerifierOptions& options) {
  app.add_option("--jwks", options.jwks,
                 "file or URL of the keys that tokens are signed with; without it every call is "
                 "refused")
      ->envname("PITLANE_JWKS");
  app.add_option("--issuer", options.issuer, "the tokens' iss")
      ->envname("PITLANE_ISSUER")
      ->capture_default_str();
  app.add_option("--audience", options.audience, "the tokens' aud")
      ->envname("PITLANE_AUDIENCE")
      ->capture_default_str();
  app.add_option("--roles-claim", options.claims.roles,
                 "claim with the roles; a JSON Pointer when it begins with a slash")
      ->envname("PITLANE_ROLES_CLAIM")
      ->capture_default_str();
  app.add_option("--locations-claim", options.claims.locations,
                 "claim with the locations of roles that are given by name alone")
      ->envname("PITLANE_LOCATIONS_CLAIM")
      ->capture_default_str();
  app.add_option_function<std::vector<std::string>>(
         "--role-name",
         [&options](const std::vector<std::string>& pairs) {
           for (const std::string& pair : pairs) {
             const size_t equals = pair.rfind('=');
             if (equals == std::string::npos || equals == 0) {
               throw CLI::ValidationError("--role-name", "takes THEIRS=OURS, not " + pair);
             }
             options.claims.role_names[pair.substr(0, equals)] = pair.substr(equals + 1);
           }
         },
         "THEIRS=OURS: what the issuer calls a role")
      ->envname("PITLANE_ROLE_NAME");
  app.add_option("--revoked", options.revoked,
                 "file or URL with the ids of revoked tokens and sessions, one on a line")
      ->envname("PITLANE_REVOKED");
  app.add_option_function<double>(
         "--offline-grace",
         [&options](double seconds) { options.offline_grace = absl::Seconds(seconds); },
         "seconds for which an expired token is good while the URL of --jwks does not answer (0)")
      ->check(CLI::Range(0.0, 86400.0))
      ->envname("PITLANE_OFFLINE_GRACE");
}

}  // namespace pitlane::rpc
