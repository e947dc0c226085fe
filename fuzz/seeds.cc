#include "fuzz/seeds.h"

#include <fstream>
#include <set>
#include <string>

#include "certs/catalogue.h"
#include "certs/der.h"
#include "certs/encode.h"
#include "certs/issue.h"
#include "fuzz/status.h"
#include "lab/runner/campaign_draw.h"
#include "lab/scenario/scenario_file.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/crl.h"
#include "lab/verifier/ocsp_response.h"

namespace fuzz {
namespace {

using certs::Bytes;
using certs::ByteView;

constexpr size_t kLongestSeed = 2000;

class Writer {
 public:
  explicit Writer(std::filesystem::path corpora) : corpora_(std::move(corpora)) {}

  // Each content once, under the name it comes with first.
  void Write(const std::string& target, const std::string& name, std::string_view content) {
    if (content.size() > kLongestSeed || !known_.insert(target + '\n' + std::string(content)).second) {
      return;
    }
    std::filesystem::create_directories(corpora_ / target);
    std::ofstream file(corpora_ / target / name, std::ios::binary);
    good_ = file.write(content.data(), static_cast<std::streamsize>(content.size())).flush() && good_;
  }
  bool good() const { return good_; }

 private:
  std::filesystem::path corpora_;
  std::set<std::string> known_;
  bool good_ = true;
};

// An input of the targets about revocation: signatures differ from run to run, so the target makes them itself.
std::string ToBeSigned(ByteView tbs) { return "\1" + std::string(certs::AsText(tbs)); }

void WriteStatuses(const certs::CertCase& from, certs::Issuer& issuer, Writer& writer) {
  const auto chain = issuer.Issue(from.chain);
  if (!chain || from.chain.revocation == certs::RevocationSpec{}) {
    return;
  }
  for (const auto& staple : (*chain)->staples) {
    const auto response = staple ? verifier::ParseOcspResponse(*staple) : certs::Result<verifier::OcspResponse>{};
    if (staple && !response) {
      writer.Write("ocsp_response", from.id, std::string(1, '\0') + std::string(certs::AsText(*staple)));
    } else if (staple && !response->tbs.empty()) {
      writer.Write("ocsp_response", from.id, ToBeSigned(response->tbs));
    }
  }
  for (const Bytes& list : (*chain)->crls) {
    if (const auto crl = verifier::ParseCrl(list)) {
      writer.Write("crl", from.id, ToBeSigned(crl->tbs));
    } else {
      writer.Write("crl", from.id, std::string(1, '\0') + std::string(certs::AsText(list)));
    }
  }
}

// The value of a subjectAltName.
void WriteNames(const certs::CertCase& from, Writer& writer) {
  const certs::CertSpec* leaf = from.chain.Find("leaf");
  if (leaf == nullptr || !leaf->san) {
    return;
  }
  Bytes inside;
  for (const certs::GeneralName& name : leaf->san->names) {
    certs::Append(inside, certs::EncodeGeneralName(name));
  }
  const Bytes value = certs::der::Sequence(inside);
  writer.Write("san_der", from.id, certs::AsText(value));
}

}  // namespace

bool WriteSeeds(const std::filesystem::path& corpora) {
  Writer writer(corpora);
  certs::Issuer issuer(certs::KeyRing::FromSeed(kStatusSeed), kStatusNow);
  for (const certs::CertCase& from : certs::Catalogue()) {
    WriteNames(from, writer);
    WriteStatuses(from, issuer, writer);
  }
  for (const std::string_view id : lab::CoreIds()) {
    writer.Write("scenario_file", std::string(id), lab::PrintScenario(*lab::FindScenario(id)));
  }
  // One part of every row of the coverage table; the fuzzer puts them together.
  std::set<std::string> rows;
  for (const lab::Scenario* part : lab::CampaignParts()) {
    if (rows.insert(part->rows.front()).second) {
      writer.Write("chain_spec", part->id, "0\n" + part->id + '\n');
    }
  }
  return writer.good();
}

}  // namespace fuzz
