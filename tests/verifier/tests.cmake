starttls_lab_test(name_match_test
  LIBS starttls_lab::verifier
  SOURCES verifier/name_match_test.cc verifier/name_reference_test.cc verifier/name_laws_test.cc
    verifier/name_profile_test.cc verifier/reference_list_test.cc)
# A program of its own: it replaces operator new to count.
starttls_lab_test(name_allocation_test LIBS starttls_lab::verifier SOURCES verifier/name_allocation_test.cc)
starttls_lab_test(smtp_reply_test LIBS starttls_lab::verifier SOURCES verifier/smtp_reply_test.cc)
starttls_lab_test(smtp_client_test
  LIBS starttls_lab::verifier starttls_lab::certs
  SOURCES verifier/smtp_fake_server.cc verifier/smtp_fake_tls.cc verifier/smtp_client_test.cc verifier/smtp_tls_test.cc
    verifier/smtp_hostile_test.cc verifier/tls_hygiene_test.cc verifier/tls_session_test.cc
    verifier/sasl_test.cc verifier/smtp_transaction_test.cc verifier/tls_report_test.cc)

# What the verifier says of certificates.
set(verifier_chain_fixture ${CMAKE_CURRENT_LIST_DIR}/issued_chain.cc)
starttls_lab_test(verify_test
  LIBS starttls_lab::verifier starttls_lab::certs
  SOURCES ${verifier_chain_fixture} verifier/certificate_test.cc verifier/der_reader_test.cc verifier/time_and_names_test.cc
    verifier/signature_test.cc verifier/constraint_match_test.cc verifier/name_constraints_test.cc
    verifier/policy_test.cc verifier/path_test.cc verifier/pem_test.cc verifier/readme_table_test.cc)
starttls_lab_test(catalogue_verify_test
  LIBS starttls_lab::verifier starttls_lab::certs
  SOURCES ${verifier_chain_fixture} verifier/catalogue_verify_test.cc verifier/revocation_test.cc
  TIMEOUT 600)

starttls_lab_test(mutant_test
  LIBS starttls_lab::verifier_mutable starttls_lab::fakeserver
  SOURCES ${verifier_chain_fixture} verifier/dns_fake.cc verifier/mutant_test.cc verifier/dns_mutant_test.cc
  TIMEOUT 900)

# Trust from the DNS. What is read here was written by the fake server's codec.
starttls_lab_test(dns_trust_test
  LIBS starttls_lab::verifier starttls_lab::fakeserver nlohmann_json::nlohmann_json
  SOURCES ${verifier_chain_fixture} verifier/dns_fake.cc verifier/dns_message_test.cc verifier/resolver_test.cc
    verifier/dane_test.cc verifier/dane_plan_test.cc verifier/advice_test.cc verifier/mta_sts_test.cc)
