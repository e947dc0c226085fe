starttls_lab_test(match_test
  LIBS starttls_lab::verifier starttls_lab::certs fmt::fmt
  SOURCES cli/match_test.cc cli/match_cert_test.cc cli/match_constraint_test.cc cli/match_table.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/match.cc ${PROJECT_SOURCE_DIR}/lab/cli/match_batch.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/match_explain.cc ${PROJECT_SOURCE_DIR}/lab/cli/cert_text.cc)
starttls_lab_test(cli_test
  LIBS nlohmann_json::nlohmann_json
  SOURCES cli/cli_test.cc cli/clients_test.cc cli/expect_test.cc cli/report_test.cc cli/resume_test.cc cli/from_fuzz_test.cc
    cli/program.cc
  DEFINES STARTTLS_LAB_BINARY="$<TARGET_FILE:starttls-lab>"
  LABELS integration TIMEOUT 900)

add_dependencies(cli_test starttls-lab)
starttls_lab_test(verify_verb_test
  LIBS starttls_lab::verifier starttls_lab::certs fmt::fmt nlohmann_json::nlohmann_json
  SOURCES cli/verify_test.cc cli/limbo_test.cc ${CMAKE_CURRENT_LIST_DIR}/../verifier/issued_chain.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/verify.cc ${PROJECT_SOURCE_DIR}/lab/cli/verify_print.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/chain_facts.cc ${PROJECT_SOURCE_DIR}/lab/cli/files.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/limbo.cc ${PROJECT_SOURCE_DIR}/lab/cli/statements.cc
    ${PROJECT_SOURCE_DIR}/lab/runner/clock.cc)
starttls_lab_test(known_answers_test
  LIBS nlohmann_json::nlohmann_json
  SOURCES cli/known_answers_test.cc cli/program.cc
  DEFINES STARTTLS_LAB_BINARY="$<TARGET_FILE:starttls-lab>"
  LABELS integration TIMEOUT 300)
add_dependencies(known_answers_test starttls-lab)
