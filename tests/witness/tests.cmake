# Other people's verifiers and parsers. GnuTLS and libtasn1 live beside BoringSSL in peace; OpenSSL runs as a program.
pkg_check_modules(GNUTLS REQUIRED IMPORTED_TARGET gnutls)
pkg_check_modules(TASN1 REQUIRED IMPORTED_TARGET libtasn1)
starttls_lab_test(witness_test
  LIBS starttls_lab::certs PkgConfig::GNUTLS PkgConfig::TASN1
  SOURCES witness/witness_test.cc witness/openssl_witness.cc witness/gnutls_witness.cc witness/disagreements.cc
    witness/emitted_der_test.cc witness/certificate_fields.cc
  LABELS witness TIMEOUT 900)
