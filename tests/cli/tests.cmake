starttls_lab_test(match_test
  LIBS starttls_lab::verifier fmt::fmt
  SOURCES cli/match_test.cc ${PROJECT_SOURCE_DIR}/lab/cli/match.cc ${PROJECT_SOURCE_DIR}/lab/cli/match_explain.cc)
