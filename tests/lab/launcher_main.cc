// The tests of programs and their sandboxes, as the lab's own verbs start them: through a launcher. (Those of
// runner_integration_test have none, and fork themselves.)
#include <gtest/gtest.h>

#include "lab/runner/launcher.h"

int main(int argc, char** argv) {
  if (!lab::StartLauncher()) {
    return 1;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
