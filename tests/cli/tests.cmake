starttls_lab_test(match_test
  LIBS starttls_lab::verifier fmt::fmt
  SOURCES cli/match_test.cc ${PROJECT_SOURCE_DIR}/lab/cli/match.cc ${PROJECT_SOURCE_DIR}/lab/cli/match_explain.cc)
starttls_lab_test(cli_test
  LIBS nlohmann_json::nlohmann_json
  SOURCES cli/cli_test.cc cli/program.cc
  DEFINES STARTTLS_LAB_BINARY="$<TARGET_FILE:starttls-lab>"
  LABELS integration TIMEOUT 300)
target_include_directories(cli_test PRIVATE "${PROJECT_SOURCE_DIR}")
add_dependencies(cli_test starttls-lab)
