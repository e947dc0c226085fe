#include "certs/encode.h"

#include "certs/der.h"

namespace certs {

// Name ::= CHOICE { rdnSequence RDNSequence }
// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
// AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
Bytes EncodeName(const DistinguishedName& name) {
  Bytes rdns;
  for (const Attribute& attribute : name) {
    const Bytes type = der::Tlv(der::kOid, der::OidContent(attribute.oid).value_or(Bytes{}));
    const Bytes value = der::Tlv(static_cast<uint8_t>(attribute.type), attribute.value);
    Append(rdns, der::SetOf({der::Sequence({type, value})}));
  }
  return der::Sequence(rdns);
}

// GeneralName ::= CHOICE {
//   otherName [0] OtherName, rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3] ORAddress,
//   directoryName [4] Name, ediPartyName [5] EDIPartyName, uniformResourceIdentifier [6] IA5String,
//   iPAddress [7] OCTET STRING, registeredID [8] OBJECT IDENTIFIER }
// The tags are implicit, except that of directoryName: a Name is a CHOICE, so its tag is explicit.
Bytes EncodeGeneralName(const GeneralName& name) {
  const auto number = static_cast<unsigned>(name.form) & 0x1f;
  switch (name.form) {
    case NameForm::kOther:
    case NameForm::kX400:
    case NameForm::kDirectory:
    case NameForm::kEdi:
      return der::ContextConstructed(number, name.value);
    case NameForm::kEmail:
    case NameForm::kDns:
    case NameForm::kUri:
    case NameForm::kIp:
    case NameForm::kRegisteredId:
      break;
  }
  return der::Context(number, name.value);
}

}  // namespace certs
