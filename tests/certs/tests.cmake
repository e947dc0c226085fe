starttls_lab_test(certs_test
  LIBS starttls_lab::certs
  SOURCES certs/bytes_test.cc certs/verdict_test.cc certs/der_test.cc certs/keys_test.cc certs/issue_test.cc
    certs/issue_fault_test.cc certs/diff_test.cc certs/describe_test.cc
    certs/spki_form_test.cc)
starttls_lab_test(catalogue_test LIBS starttls_lab::certs SOURCES certs/catalogue_test.cc)
