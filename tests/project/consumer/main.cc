#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>

#include "lab/verifier/pem.h"
#include "lab/verifier/verify.h"

std::vector<certs::Bytes> Read(const char* name) {
  std::ifstream file(name);
  return verifier::CertificatesFromPem(std::string(std::istreambuf_iterator<char>(file), {}), name).value();
}

int main(int, char** argv) {  // CHAIN.pem ROOTS.pem HOST
  const auto chain = Read(argv[1]), roots = Read(argv[2]);
  verifier::VerifyRequest request;
  request.chain = {chain.begin(), chain.end()};    // as the server sent it, its own certificate first
  request.anchors = {roots.begin(), roots.end()};  // what is trusted
  request.reference = argv[3];                     // what the user configured
  request.now = std::time(nullptr);
  const certs::Verdict verdict = verifier::Verify(request).verdict;  // .reason, .depth
  std::cout << certs::ToString(verdict) << "\n";
  return verdict.ok() ? 0 : 1;
}
