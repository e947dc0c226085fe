#include "tests/witness/certificate_fields.h"

#include <gtest/gtest.h>
#include <libtasn1.h>

#include <array>
#include <memory>

namespace witness {
namespace {

struct DeleteTree {
  void operator()(asn1_node tree) const { asn1_delete_structure(&tree); }
};
using Tree = std::unique_ptr<std::remove_pointer_t<asn1_node>, DeleteTree>;

asn1_node Definitions() {
  static const Tree definitions = [] {
    asn1_node tree = nullptr;
    char error[ASN1_MAX_ERROR_DESCRIPTION_SIZE];
    const int result = asn1_parser2tree(STARTTLS_LAB_SOURCE_DIR "/tests/witness/certificate.asn", &tree, error);
    EXPECT_EQ(result, ASN1_SUCCESS) << error;
    return Tree(tree);
  }();
  return definitions.get();
}

struct Field {
  const char* name;
  const char* path;
};
constexpr Field kFields[] = {
    {"version", "tbsCertificate.version"},
    {"serialNumber", "tbsCertificate.serialNumber"},
    {"signature", "tbsCertificate.signature"},
    {"issuer", "tbsCertificate.issuer"},
    {"notBefore", "tbsCertificate.validity.notBefore"},
    {"notAfter", "tbsCertificate.validity.notAfter"},
    {"subject", "tbsCertificate.subject"},
    {"subjectPublicKeyInfo", "tbsCertificate.subjectPublicKeyInfo"},
    {"issuerUniqueID", "tbsCertificate.issuerUniqueID"},
    {"subjectUniqueID", "tbsCertificate.subjectUniqueID"},
    {"signatureAlgorithm", "signatureAlgorithm"},
    {"signatureValue", "signatureValue"},
};

// The octets of the element at `path`; nothing if it is absent.
std::optional<certs::Bytes> OctetsAt(asn1_node element, const certs::Bytes& der, const std::string& path) {
  int start = 0, end = 0;
  if (asn1_der_decoding_startEnd(element, der.data(), static_cast<int>(der.size()), path.c_str(), &start, &end) !=
          ASN1_SUCCESS ||
      end <= start) {
    return std::nullopt;
  }
  return certs::Bytes(der.begin() + start, der.begin() + end + 1);
}

}  // namespace

std::optional<CertificateFields> TakeApart(const certs::Bytes& der) {
  asn1_node made = nullptr;
  if (asn1_create_element(Definitions(), "Witness.Certificate", &made) != ASN1_SUCCESS) {
    ADD_FAILURE() << "certificate.asn has no Certificate";
    return std::nullopt;
  }
  int size = static_cast<int>(der.size());
  const int result = asn1_der_decoding2(&made, der.data(), &size, 0, nullptr);
  const Tree element(made);
  if (result != ASN1_SUCCESS) {
    return std::nullopt;
  }
  CertificateFields fields;
  for (const Field& field : kFields) {
    if (auto octets = OctetsAt(element.get(), der, field.path)) {
      fields.emplace(field.name, *std::move(octets));
    }
  }
  for (int i = 1;; ++i) {
    const std::string path = "tbsCertificate.extensions.?" + std::to_string(i);
    std::array<char, 256> oid{};
    int length = static_cast<int>(oid.size());
    if (asn1_read_value(element.get(), (path + ".extnID").c_str(), oid.data(), &length) != ASN1_SUCCESS) {
      return fields;
    }
    const std::string name = std::string("extension ") + oid.data();
    std::string key = name;
    for (int again = 2; fields.contains(key); ++again) {
      key = name + " #" + std::to_string(again);
    }
    fields.emplace(key, OctetsAt(element.get(), der, path).value_or(certs::Bytes{}));
  }
}

}  // namespace witness
