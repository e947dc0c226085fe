// GeneralName (RFC 5280 4.2.1.6), from its DER and for people.
#pragma once

#include <openssl/bytestring.h>

#include <optional>
#include <string>
#include <vector>

#include "lab/verifier/certificate.h"

namespace verifier {

// The context tags of GeneralName.
enum NameTag : int {
  kOtherName = 0,
  kRfc822Name = 1,
  kDnsName = 2,
  kX400Address = 3,
  kDirectoryName = 4,
  kEdiPartyName = 5,
  kUri = 6,
  kIpAddress = 7,
  kRegisteredId = 8,
};

// Reads one GeneralName: a tag of the list, primitive or constructed as the choice demands, an otherName and a
// directoryName of the right shape. What an IA5String says is not looked at.
bool ReadGeneralName(CBS* from, GeneralNameView* name);

// Whether the content of GeneralNames consists of one or more GeneralName.
bool AreGeneralNames(CBS content);

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName; nothing if it does not parse or is empty.
std::optional<std::vector<GeneralNameView>> ParseGeneralNames(ByteView value);

// otherName's type-id (content octets); empty for other forms.
ByteView OtherNameType(const GeneralNameView& name);

// "DNS:mail.bob.test", "IP:127.0.0.1", "email:...", escaped and bounded.
std::string GeneralNameText(const GeneralNameView& name);

// "127.0.0.1", "2001:db8:0:0:0:0:0:1", or hexadecimal if it is neither 4 nor 16 octets.
std::string IpText(ByteView octets);

}  // namespace verifier
