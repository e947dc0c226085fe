starttls_lab_test(scenario_test LIBS starttls_lab::lab TIMEOUT 900 SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/world_test.cc ${CMAKE_CURRENT_LIST_DIR}/scenario_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/select_test.cc ${CMAKE_CURRENT_LIST_DIR}/oracle_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/scenario_file_test.cc)
starttls_lab_test(requirements_test LIBS starttls_lab::lab
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/../verifier/requirements_test.cc)
starttls_lab_test(runner_unit_test LIBS starttls_lab::lab SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/observation_test.cc ${CMAKE_CURRENT_LIST_DIR}/judge_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/apply_expectations_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/manifest_test.cc ${CMAKE_CURRENT_LIST_DIR}/install_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/expect_lint_test.cc)
starttls_lab_test(memory_wire_test LIBS starttls_lab::lab TIMEOUT 900 SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/memory_wire_test.cc ${CMAKE_CURRENT_LIST_DIR}/return_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/tls_result_test.cc)
starttls_lab_test(runner_integration_test LIBS starttls_lab::lab LABELS integration TIMEOUT 300 SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/tcp_wire_test.cc ${CMAKE_CURRENT_LIST_DIR}/run_test.cc)
starttls_lab_test(sandbox_test LIBS starttls_lab::lab LABELS integration TIMEOUT 300 SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/launcher_main.cc ${CMAKE_CURRENT_LIST_DIR}/launcher_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/command_client_test.cc ${CMAKE_CURRENT_LIST_DIR}/sandbox_test.cc)
starttls_lab_test(campaign_test LIBS starttls_lab::lab TIMEOUT 900 SOURCES ${CMAKE_CURRENT_LIST_DIR}/campaign_test.cc)
# The client whose verifier can lose a rule: this order of libraries takes all of the verifier from the mutable one.
starttls_lab_test(campaign_mutant_test LIBS starttls_lab::lab starttls_lab::verifier_mutable TIMEOUT 900
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/campaign_mutant_test.cc)
# An XML parser reads what the reports wrote.
find_package(pugixml REQUIRED)
starttls_lab_test(report_test LIBS starttls_lab::lab pugixml::pugixml nlohmann_json::nlohmann_json SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/report_grid_test.cc ${CMAKE_CURRENT_LIST_DIR}/report_html_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/report_formats_test.cc ${CMAKE_CURRENT_LIST_DIR}/report_diff_test.cc)
