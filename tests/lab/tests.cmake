starttls_lab_test(scenario_test LIBS starttls_lab::lab TIMEOUT 900 SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/world_test.cc ${CMAKE_CURRENT_LIST_DIR}/scenario_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/select_test.cc ${CMAKE_CURRENT_LIST_DIR}/oracle_test.cc)
starttls_lab_test(runner_unit_test LIBS starttls_lab::lab SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/observation_test.cc ${CMAKE_CURRENT_LIST_DIR}/judge_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/manifest_test.cc ${CMAKE_CURRENT_LIST_DIR}/install_test.cc)
starttls_lab_test(memory_wire_test LIBS starttls_lab::lab TIMEOUT 900 SOURCES ${CMAKE_CURRENT_LIST_DIR}/memory_wire_test.cc)
starttls_lab_test(runner_integration_test LIBS starttls_lab::lab LABELS integration TIMEOUT 300 SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/command_client_test.cc ${CMAKE_CURRENT_LIST_DIR}/sandbox_test.cc ${CMAKE_CURRENT_LIST_DIR}/tcp_wire_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/run_test.cc)
