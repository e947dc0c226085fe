// The verb `clients matrix`: what the clients did, as a page to publish.
#pragma once

#include <string>
#include <vector>

namespace lab {

struct MatrixOptions {
  std::vector<std::string> results = {"lab-out/results.json"};
  std::string into;  // a file with the two marks; empty: standard output
};

int MatrixVerb(const MatrixOptions& options);

}  // namespace lab
