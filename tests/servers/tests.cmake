# The verbs that talk to servers: against the fake one, in process, and against real ones, in a sandbox.
starttls_lab_test(live_verb_test
  LIBS starttls_lab::lab fmt::fmt nlohmann_json::nlohmann_json
  SOURCES servers/real_server_test.cc cli/check_test.cc cli/check_dns_test.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/check.cc ${PROJECT_SOURCE_DIR}/lab/cli/send.cc ${PROJECT_SOURCE_DIR}/lab/cli/live.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/check_print.cc ${PROJECT_SOURCE_DIR}/lab/cli/verify_print.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/chain_facts.cc ${PROJECT_SOURCE_DIR}/lab/cli/signals.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/files.cc ${PROJECT_SOURCE_DIR}/lab/cli/context.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/statements.cc ${PROJECT_SOURCE_DIR}/lab/cli/dns_findings.cc
    ${PROJECT_SOURCE_DIR}/lab/cli/look_up.cc
  DEFINES STARTTLS_LAB_BINARY="$<TARGET_FILE:starttls-lab>" STARTTLS_LAB_SERVERS="${PROJECT_SOURCE_DIR}/build/servers"
    STARTTLS_LAB_CLIENTS_FOLDER="${PROJECT_SOURCE_DIR}/lab/clients"
  LABELS integration TIMEOUT 900)
add_dependencies(live_verb_test starttls-lab)
