// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @ParameterizedTest
  @CsvSource({"--shape,h64", "--threads,0", "--seconds,0", "--shape,h8-l1-k3-2", "--processors,2-"})
  void wordsThatMakeNoSenseAreOneLineAndExitCodeTwo(String option, String value) {
    var err = new StringWriter();
    int status = Main.commandLine().setErr(new PrintWriter(err)).execute(option, value);
    assertEquals(2, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains("bench --help"), err.toString());
  }

  @Test
  void asManyProcessorsAsThreadsAreNamed() {
    var err = new StringWriter();
    int status =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("--threads", "2", "--processors", "0-15");
    assertEquals(2, status);
    assertTrue(err.toString().contains("16 processors for 2 threads"), err.toString());
  }

  @Test
  void theHelpGivesExamples() {
    String help = Main.commandLine().getUsageMessage();
    assertTrue(help.contains("unspool bench --shape h128-l32-k1-20 --peers"), help);
  }
}
