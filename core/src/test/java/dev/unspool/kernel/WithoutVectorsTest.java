// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service that was started without the module of the Vector API. */
class WithoutVectorsTest {
  @Test
  void saysOnceWhatToAddAndTrains() throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    var process =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.unspool.train.SmallService")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    List<String> warnings = output.lines().filter(line -> line.contains("vector")).toList();
    assertEquals(1, warnings.size(), output);
    assertTrue(
        warnings.getFirst().endsWith("start Java with --add-modules jdk.incubator.vector"), output);
    assertTrue(output.contains("3 updates"), output);
  }
}
