#include "lab/verifier/leaf_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/identity.h"
#include "lab/verifier/rules.h"

namespace verifier {
namespace {

constexpr uint16_t kDigitalSignature = 1 << 0;
constexpr uint16_t kNonRepudiation = 1 << 1;
constexpr uint16_t kKeyEncipherment = 1 << 2;
constexpr uint16_t kKeyAgreement = 1 << 4;
constexpr uint16_t kCertSignBit = 1 << 5;

// id-kp is 1.3.6.1.5.5.7.3; the last arc of a purpose's OID.
constexpr uint8_t kPurposeArc[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03};
constexpr uint8_t kAnyPurpose[] = {0x55, 0x1d, 0x25, 0x00};

uint8_t LastArc(Purpose purpose) {
  switch (purpose) {
    case Purpose::kServer:
      return 1;
    case Purpose::kClient:
      return 2;
    case Purpose::kCodeSigning:
      return 3;
    case Purpose::kEmail:
      return 4;
    case Purpose::kTimeStamping:
      return 8;
    case Purpose::kOcspSigning:
      return 9;
    case Purpose::kAny:
      return 0;
  }
  return 0;
}

bool IsPurpose(ByteView oid, Purpose purpose) {
  return oid.size() == 8 && Same(oid.first(7), kPurposeArc) && oid[7] == LastArc(purpose);
}

bool IsTls(Purpose purpose) { return purpose == Purpose::kServer || purpose == Purpose::kClient; }

// The keyUsage bits that RFC 5280 4.2.1.12 calls consistent with a purpose; 0: whichever.
uint16_t ConsistentBits(Purpose purpose) {
  switch (purpose) {
    case Purpose::kServer:
      return kDigitalSignature | kKeyEncipherment | kKeyAgreement;
    case Purpose::kClient:
      return kDigitalSignature | kKeyAgreement;
    case Purpose::kCodeSigning:
      return kDigitalSignature;
    case Purpose::kEmail:
      return kDigitalSignature | kNonRepudiation | kKeyEncipherment | kKeyAgreement;
    case Purpose::kTimeStamping:
    case Purpose::kOcspSigning:
      return kDigitalSignature | kNonRepudiation;
    case Purpose::kAny:
      return 0;
  }
  return 0;
}

// RFC 5280 4.2.1.3: what keyUsage, which is present, lacks for the use it will be put to; empty if nothing.
std::string MissingUsage(uint16_t bits, const VerifyRequest& request, bool is_ca) {
  uint16_t wanted = request.leaf_key_usage;
  if (request.key_exchange != KeyExchange::kUnknown && IsTls(request.purpose) && !is_ca) {
    wanted |= request.key_exchange == KeyExchange::kSigning ? kDigitalSignature : kKeyEncipherment;
  }
  if ((bits & wanted) != wanted) {
    return fmt::format("keyUsage bits {:#x}, needed {:#x} ({})", bits, wanted,
                       request.key_exchange == KeyExchange::kTransport ? "keyEncipherment" : "digitalSignature");
  }
  const uint16_t consistent = ConsistentBits(request.purpose);
  const bool asked = request.key_exchange == KeyExchange::kUnknown && !is_ca && consistent != 0;
  return asked && (bits & consistent) == 0
             ? fmt::format("keyUsage bits {:#x}, none of those consistent with the purpose, {:#x}", bits, consistent)
             : "";
}

std::string_view PurposeName(uint8_t last_arc) {
  switch (last_arc) {
    case 1:
      return "serverAuth";
    case 2:
      return "clientAuth";
    case 3:
      return "codeSigning";
    case 4:
      return "emailProtection";
    case 8:
      return "timeStamping";
    case 9:
      return "OCSPSigning";
    default:
      return {};
  }
}

}  // namespace

bool AllowsPurpose(const Certificate& certificate, Purpose purpose, bool issuer) {
  if (!certificate.extended_key_usage || purpose == Purpose::kAny) {
    return true;
  }
  return std::ranges::any_of(*certificate.extended_key_usage, [&](ByteView oid) {
    return IsPurpose(oid, purpose) || (issuer && Same(oid, kAnyPurpose));
  });
}

std::string PurposesText(const Certificate& certificate) {
  constexpr size_t kMost = 200;
  std::string text;
  for (const ByteView oid : certificate.extended_key_usage.value_or(std::vector<ByteView>{})) {
    if (text.size() > kMost) {
      return text + ", ...";
    }
    const bool known = oid.size() == 8 && Same(oid.first(7), kPurposeArc) && !PurposeName(oid[7]).empty();
    text += text.empty() ? "" : ", ";
    text += known ? std::string(PurposeName(oid[7])) : Same(oid, kAnyPurpose) ? "anyExtendedKeyUsage" : OidText(oid);
  }
  return text;
}

void JudgeLeafUsage(const Certificate& leaf, const VerifyRequest& request, std::vector<Defect>* defects) {
  const auto found = [defects](Reason reason, std::string detail) {
    defects->push_back({{reason, 0}, std::move(detail)});
  };
  const bool cert_sign = leaf.key_usage && (*leaf.key_usage & kCertSignBit) != 0;
  const bool may_be_ca = request.leaf_may_be_ca && leaf.is_ca && (cert_sign || !leaf.key_usage);
  if (RuleOn(Rule::kLeafNotCa) && leaf.is_ca && !may_be_ca) {
    found(Reason::kLeafIsCa, "basicConstraints says cA TRUE");
  }
  if (RuleOn(Rule::kLeafPathLen) && leaf.path_len && !leaf.is_ca) {
    found(Reason::kPathLenWithoutCa, fmt::format("pathLenConstraint {} beside cA FALSE", *leaf.path_len));
  }
  if (RuleOn(Rule::kLeafCertSign) && cert_sign && !leaf.is_ca) {
    found(Reason::kCertSignWithoutCa, "keyUsage has keyCertSign and cA is not asserted");
  }
  if (RuleOn(Rule::kLeafKeyUsage) && leaf.key_usage) {
    if (std::string missing = MissingUsage(*leaf.key_usage, request, may_be_ca); !missing.empty()) {
      found(Reason::kKeyUsage, std::move(missing));
    }
  }
  if (RuleOn(Rule::kLeafExtendedKeyUsage) && !AllowsPurpose(leaf, request.purpose, false)) {
    found(Reason::kExtendedKeyUsage, "extendedKeyUsage allows only: " + PurposesText(leaf));
  }
}

void JudgeNames(const Certificate& leaf, const Reference& reference, const NamePolicy& policy, std::string* matched,
                std::vector<Defect>* defects) {
  if (leaf.san_malformed && RuleOn(Rule::kExtensionSyntax)) {
    return;  // refused already, as a malformed extension
  }
  const PresentedIdentifiers identifiers =
      policy.cn_fallback == CnFallback::kNever ? AltNamesOf(leaf) : IdentifiersOf(leaf);
  const IdentityDecision decision = MatchIdentity(identifiers, reference, policy);
  if (decision.match) {
    *matched = decision.san_index < 0 ? "a common name"
                                      : GeneralNameText(identifiers.san[static_cast<size_t>(decision.san_index)]);
    return;
  }
  if (!leaf.san) {
    if (RuleOn(Rule::kSanRequired)) {
      defects->push_back(
          {{Reason::kNoPresentedIdentifier, 0}, "there is no subjectAltName; the common name does not count"});
    }
    return;
  }
  if (!RuleOn(Rule::kNames)) {
    return;
  }
  std::string presented;
  size_t shown = 0;
  for (const GeneralNameView& name : *leaf.san) {
    const std::optional<Presented> identifier = PresentedOf(name);
    if (identifier && ++shown <= 8) {
      presented += fmt::format("{}{} ({})", presented.empty() ? "" : ", ", GeneralNameText(name),
                               Name(MatchName(*identifier, reference, policy).reason));
    }
  }
  if (shown > 8) {
    presented += fmt::format(" and {} more", shown - 8);
  }
  defects->push_back({{Reason::kNameMismatch, 0},
                      presented.empty() ? "no identifier of a service is presented" : "presented: " + presented});
}

}  // namespace verifier
