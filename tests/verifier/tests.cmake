starttls_lab_test(name_match_test
  LIBS starttls_lab::verifier
  SOURCES verifier/name_match_test.cc verifier/name_reference_test.cc verifier/name_laws_test.cc)
# A program of its own: it replaces operator new to count.
starttls_lab_test(name_allocation_test LIBS starttls_lab::verifier SOURCES verifier/name_allocation_test.cc)
