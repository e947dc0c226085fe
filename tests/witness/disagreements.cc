#include "tests/witness/disagreements.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "lab/scenario/toml.h"

namespace witness {

bool GlobMatches(const std::string& glob, std::string_view id) {
  return fnmatch(glob.c_str(), std::string(id).c_str(), 0) == 0;
}

bool Disagreement::Covers(std::string_view id, bool accepted) const {
  return accepted == accepts &&
         std::ranges::any_of(cases, [&](const std::string& glob) { return GlobMatches(glob, id); });
}

Disagreements ReadDisagreements() {
  const std::string file = STARTTLS_LAB_SOURCE_DIR "/tests/witness/disagreements.toml";
  const toml::parse_result document = toml::parse_file(file);
  Disagreements read;
  if (!document) {
    ADD_FAILURE() << file << ": " << document.error().description();
    return read;
  }
  read.openssl_version = document["versions"]["openssl"].value_or("");
  read.gnutls_version = document["versions"]["gnutls"].value_or("");
  const toml::array* entries = document["disagreement"].as_array();
  for (size_t i = 0; entries != nullptr && i < entries->size(); ++i) {
    const toml::table& entry = *(*entries)[i].as_table();
    const auto text = [&](const char* member) { return entry[member].value_or(std::string()); };
    Disagreement one{.witness = text("witness"),
                     .of_some_releases = entry["of_some_releases"].value_or(false),
                     .accepts = text("says") == "accepts",
                     .right = text("right"),
                     .clause = text("clause"),
                     .why = text("why")};
    EXPECT_TRUE(text("says") == "accepts" || text("says") == "refuses") << file << ", entry " << i + 1;
    if (const toml::array* cases = entry["cases"].as_array()) {
      for (const toml::node& glob : *cases) {
        one.cases.push_back(glob.value_or(std::string()));
      }
    }
    read.all.push_back(std::move(one));
  }
  return read;
}

}  // namespace witness
