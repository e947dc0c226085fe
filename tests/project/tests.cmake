# What the repository promises about itself: layers, sizes, banned words, and that no program pulls in OpenSSL.
starttls_lab_test(tidy_test LIBS starttls_lab::vocabulary SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/tidy_test.cc ${CMAKE_CURRENT_LIST_DIR}/tidy_rules_test.cc
  ${CMAKE_CURRENT_LIST_DIR}/tidy.cc ${CMAKE_CURRENT_LIST_DIR}/source_tree.cc)
starttls_lab_test(no_openssl_test LIBS starttls_lab::vocabulary SOURCES ${CMAKE_CURRENT_LIST_DIR}/no_openssl_test.cc
  DEFINES STARTTLS_LAB_BINARY_DIR="${PROJECT_BINARY_DIR}")

starttls_lab_test(readme_test
  SOURCES project/readme_test.cc cli/program.cc
  DEFINES STARTTLS_LAB_BINARY="$<TARGET_FILE:starttls-lab>"
  LABELS integration TIMEOUT 1200)
add_dependencies(readme_test starttls-lab)

# Installs what is built and builds a program of a few lines with it.
if(STARTTLS_LAB_INSTALL)
  starttls_lab_test(consumer_test
    SOURCES project/consumer_test.cc cli/program.cc
    DEFINES STARTTLS_LAB_BINARY="$<TARGET_FILE:starttls-lab>" STARTTLS_LAB_BINARY_DIR="${PROJECT_BINARY_DIR}"
      STARTTLS_LAB_CXX="${CMAKE_CXX_COMPILER}"
    LABELS packaging)
  add_dependencies(consumer_test starttls-lab starttls_lab_lab)
endif()
