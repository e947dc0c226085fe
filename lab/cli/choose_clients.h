// Clients by name, as every verb that takes --client or NAME means them.
#pragma once

#include <string>
#include <vector>

#include "certs/result.h"
#include "lab/runner/client.h"

namespace lab {

struct ChosenClients {
  bool built_in = false;
  std::vector<CommandSpec> commands;  // each configuration once, in the order of the names
};

// Names and globs of configurations ("curl", "curl.*", "*"), "tier:N" for all up to that tier, and "built-in". A name
// that means nothing is an error which lists what there is.
certs::Result<ChosenClients> ChooseClients(const std::vector<std::string>& names);

// Likewise, but a family's name means all its configurations; none: every client there is.
certs::Result<std::vector<CommandSpec>> ChooseFamilies(const std::vector<std::string>& names);

}  // namespace lab
