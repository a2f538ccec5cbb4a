// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ThreadCountTest {
  private static int parsed(String... words) {
    var options = new TrainingOptions();
    new CommandLine(options).parseArgs(words);
    return options.threads;
  }

  @Test
  void aNumberOrAsManyAsAStepIsWorth() {
    assertEquals(3, parsed("--threads", "3"));
    assertEquals(0, parsed("--threads", "auto"));
    assertEquals(0, parsed("--threads=0"));
    assertEquals(0, parsed());
  }
}
