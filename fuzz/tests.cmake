# What every test run says of the fuzz targets, whatever the compiler.
foreach(short ${targets})
  add_test(NAME fuzz-replay-${short} COMMAND fuzz_replay ${short}
    "${CMAKE_CURRENT_SOURCE_DIR}/corpora/${short}" "${CMAKE_CURRENT_SOURCE_DIR}/regressions/${short}")
  set_tests_properties(fuzz-replay-${short} PROPERTIES LABELS fuzz-replay TIMEOUT 120)
endforeach()

# The same targets on the verifier that can have bugs, and that counts which of its lines are reached. This order of
# libraries takes all of the verifier from there.
add_executable(fuzz_replay_mutable replay_mutable_main.cc $<TARGET_OBJECTS:fuzz_targets>)
target_include_directories(fuzz_replay_mutable PRIVATE "${PROJECT_SOURCE_DIR}")
target_link_libraries(fuzz_replay_mutable PRIVATE
  starttls_lab::lab starttls_lab::verifier_mutable PkgConfig::GNUTLS nlohmann_json::nlohmann_json)
starttls_lab_compile_options(fuzz_replay_mutable)
add_test(NAME fuzz-planted COMMAND fuzz_replay_mutable --planted
  "${CMAKE_CURRENT_SOURCE_DIR}/corpora/dns_name_match" "${CMAKE_CURRENT_SOURCE_DIR}/regressions/dns_name_match")
set_tests_properties(fuzz-planted PROPERTIES LABELS fuzz TIMEOUT 120)

# What the corpora reach of the verifier's files; of the others fuzz/coverage says it.
add_test(NAME fuzz-coverage COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/coverage" --counting "${PROJECT_BINARY_DIR}")
set_tests_properties(fuzz-coverage PROPERTIES LABELS fuzz TIMEOUT 300)

# Packaged as OSS-Fuzz wants it, without docker and clang: two targets that replay instead of fuzzing.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang AND NOT LIB_FUZZING_ENGINE)
  add_custom_target(fuzz_packaged ALL DEPENDS dns_name_match_fuzzer client_hello_fuzzer dns_name_match_planted)
  add_test(NAME fuzz-packaging COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/check_build" --built "${PROJECT_BINARY_DIR}"
    dns_name_match client_hello)
  set_tests_properties(fuzz-packaging PROPERTIES LABELS fuzz TIMEOUT 300)
  add_test(NAME fuzz-scripts COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/check_scripts" "${PROJECT_BINARY_DIR}")
  set_tests_properties(fuzz-scripts PROPERTIES LABELS fuzz TIMEOUT 300)
endif()
