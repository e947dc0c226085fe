// The verbs that show the catalogue: `list`, `explain`, `certs`.
#pragma once

#include <cstdint>
#include <string>

#include "lab/cli/context.h"

namespace lab {

struct ListOptions {
  CommonOptions common;
  std::string filter;
  bool json = false;  // machine-readable, everything
  bool rows = false;  // by row of the coverage table, uncovered ones last
};
int ListVerb(const ListOptions& options);

struct ExplainOptions {
  CommonOptions common;
  std::string id;
  bool toml = false;  // as a scenario file (lab/scenario/scenario_file.h)
};
int ExplainVerb(const ExplainOptions& options);

struct CertsOptions {
  CommonOptions common;
  std::string filter;
  std::string folder;
  std::string now;     // RFC 3339; empty: the real time
  std::string limbo;   // also, or instead of the folder: a file for an x509-limbo document; "-" = standard output
  bool force = false;  // write into a folder that is not empty, over a file that exists
};
// Writes chains, keys, anchors and manifest.json (certs.schema.json in this folder says what is in it). Issues
// everything before it writes anything.
int CertsVerb(const CertsOptions& options);

}  // namespace lab
