starttls_lab_test(scenario_test LIBS starttls_lab::lab SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/world_test.cc ${CMAKE_CURRENT_LIST_DIR}/scenario_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/select_test.cc ${CMAKE_CURRENT_LIST_DIR}/oracle_test.cc)
