// What is read in place is what CBS would have read: held to it for every identifier octet and every form of length.
#include "lab/verifier/der_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "certs/bytes.h"

namespace {

using certs::Bytes;
using verifier::CbsOf;
using verifier::ViewOf;

// Forms of length, among them those that DER forbids, and those that reach just to, and just beyond, what is there.
std::vector<Bytes> Lengths() {
  std::vector<Bytes> lengths = {{}, {0x80}, {0x81}, {0x82}, {0x82, 0x01}, {0x83, 0x01, 0x00, 0x00}, {0xff}};
  constexpr uint8_t kOctets[] = {0, 1, 2, 126, 127, 128, 129, 254, 255};
  for (const uint8_t octet : kOctets) {
    lengths.push_back({octet});
    lengths.push_back({0x81, octet});
    for (const uint8_t high : {uint8_t{0}, uint8_t{1}, uint8_t{2}}) {
      lengths.push_back({0x82, high, octet});
      lengths.push_back({0x83, 0, high, octet});
    }
  }
  return lengths;
}

// Elements with that identifier octet, followed by so many octets that each length above fits, or by too few.
template <typename Check>
void ForEachElement(uint8_t identifier, Check&& check) {
  for (const Bytes& length : Lengths()) {
    for (const size_t behind : {0, 1, 127, 128, 129, 255, 256, 257, 600}) {
      Bytes element = {identifier};
      element.insert(element.end(), length.begin(), length.end());
      element.resize(element.size() + behind, 0x2a);
      check(element);
    }
  }
}

void ExpectSame(int theirs, bool ours, const CBS& their_body, const CBS& our_body, const CBS& their_rest,
                const CBS& our_rest, const Bytes& element) {
  ASSERT_EQ(theirs == 1, ours) << certs::ToHex(certs::ByteView(element).first(std::min<size_t>(element.size(), 8)));
  if (ours) {
    EXPECT_EQ(ViewOf(their_body).data(), ViewOf(our_body).data());
    EXPECT_EQ(ViewOf(their_body).size(), ViewOf(our_body).size());
    EXPECT_EQ(ViewOf(their_rest).data(), ViewOf(our_rest).data());
    EXPECT_EQ(ViewOf(their_rest).size(), ViewOf(our_rest).size());
  }
}

TEST(DerReader, ReadsAnyElementLikeCbs) {
  for (unsigned identifier = 0; identifier < 256; ++identifier) {
    ForEachElement(static_cast<uint8_t>(identifier), [](const Bytes& element) {
      CBS theirs = CbsOf(element), ours = theirs, their_body, our_body;
      unsigned their_tag = 0, our_tag = 0;
      const int read = CBS_get_any_asn1(&theirs, &their_body, &their_tag);
      ExpectSame(read, verifier::ReadAnyBody(&ours, &our_body, &our_tag), their_body, our_body, theirs, ours, element);
      EXPECT_EQ(read == 1 ? their_tag : 0, read == 1 ? our_tag : 0);
    });
  }
}

TEST(DerReader, ReadsAnElementOfATagLikeCbs) {
  constexpr unsigned kTags[] = {0,
                                CBS_ASN1_CONSTRUCTED,
                                CBS_ASN1_BOOLEAN,
                                CBS_ASN1_INTEGER,
                                CBS_ASN1_SEQUENCE,
                                CBS_ASN1_SET,
                                verifier::kContext | 0,
                                verifier::kConstructed | 3,
                                verifier::kContext | 30,
                                verifier::kContext | 31,
                                CBS_ASN1_APPLICATION | 5};
  for (const unsigned tag : kTags) {
    for (const unsigned identifier : {0x00, 0x01, 0x02, 0x20, 0x30, 0x31, 0x80, 0xa3, 0x9e, 0x9f, 0x45}) {
      ForEachElement(static_cast<uint8_t>(identifier), [tag](const Bytes& element) {
        CBS theirs = CbsOf(element), ours = theirs, their_body, our_body;
        EXPECT_EQ(CBS_peek_asn1_tag(&theirs, tag) == 1, verifier::IsNext(ours, tag));
        const int read = CBS_get_asn1(&theirs, &their_body, tag);
        ExpectSame(read, verifier::ReadBody(&ours, &our_body, tag), their_body, our_body, theirs, ours, element);
      });
    }
  }
}

TEST(DerReader, FindsNothingInNothing) {
  CBS empty = CbsOf({}), body;
  unsigned tag = 0;
  EXPECT_FALSE(verifier::IsNext(empty, CBS_ASN1_SEQUENCE));
  EXPECT_FALSE(verifier::ReadBody(&empty, &body, CBS_ASN1_SEQUENCE));
  EXPECT_FALSE(verifier::ReadAnyBody(&empty, &body, &tag));
}

}  // namespace
