#include "lab/verifier/pem.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using certs::Bytes;
using verifier::CertificatesFromPem;

const std::string kOne = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
const std::string kTwo = "-----BEGIN CERTIFICATE-----\nMAIF\nAA==\n-----END CERTIFICATE-----\n";

TEST(Pem, GivesTheBlocksInOrder) {
  const auto read = CertificatesFromPem(kOne + kTwo, "x");
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->at(0), (Bytes{0x30, 0x00}));
  EXPECT_EQ(read->at(1), (Bytes{0x30, 0x02, 0x05, 0x00}));
}

TEST(Pem, SkipsTextAndOtherBlocks) {
  const std::string key = "-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n!!!!\n-----END PRIVATE KEY-----\n";
  const auto read = CertificatesFromPem("subject=/CN=x\n" + key + "\n" + kOne + "bye", "x");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->size(), 1U);
}

TEST(Pem, TakesCarriageReturnsAndNoFinalNewline) {
  const auto read = CertificatesFromPem("-----BEGIN CERTIFICATE-----\r\n MAA=\r\n-----END CERTIFICATE-----", "x");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->front(), (Bytes{0x30, 0x00}));
}

TEST(Pem, WantsACertificate) {
  EXPECT_FALSE(CertificatesFromPem("", "x").has_value());
  EXPECT_FALSE(CertificatesFromPem("hello\n", "x").has_value());
  EXPECT_FALSE(CertificatesFromPem(std::string("\0\xff\n\n", 4), "x").has_value());
}

TEST(Pem, WantsBase64AndAnEnd) {
  EXPECT_FALSE(CertificatesFromPem("-----BEGIN CERTIFICATE-----\nMAA=\n", "x").has_value());
  EXPECT_FALSE(CertificatesFromPem("-----BEGIN CERTIFICATE-----\nM*A=\n-----END CERTIFICATE-----\n", "x").has_value());
  EXPECT_FALSE(CertificatesFromPem("-----BEGIN CERTIFICATE-----\nMAA\n-----END CERTIFICATE-----\n", "x").has_value());
  EXPECT_FALSE(CertificatesFromPem("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "x").has_value());
  EXPECT_FALSE(
      CertificatesFromPem(kOne + "-----BEGIN CERTIFICATE-----\n=\n-----END CERTIFICATE-----\n", "x").has_value());
}

}  // namespace
