// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.TestedWidth;
import dev.unspool.program.Piece;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the compilers of the JVM make of compiled loops: they must not refuse any, which would leave
 * it interpreted, and vectors must not become objects. In a JVM of its own, which says what it
 * compiles, with vectors that this machine has.
 */
final class JustInTimeTest {

  @Test
  void refusesNoLoopAndAllocatesNothing() throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xbatch",
            "-XX:+UseSerialGC",
            "-XX:CompileThresholdScaling=0.1",
            "-XX:+PrintCompilation",
            "-Dunspool.kernels=" + System.getProperty("unspool.kernels", "")));
    if (Widths.all().length > 1) {
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
      command.add("-Dunspool.vectorBits=" + TestedWidth.bits());
    }
    command.add("-cp");
    command.add(root(Piece.class) + File.pathSeparator + root(WarmPieces.class));
    command.add(WarmPieces.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var stream = process.getInputStream()) {
      output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertEquals(0, process.waitFor(), output);
    var bad =
        output
            .lines()
            .filter(line -> line.contains("COMPILE SKIPPED") || line.contains(" allocates "))
            .toList();
    assertEquals(List.of(), bad);
    assertTrue(output.contains("CompiledLoop"), "the JVM compiled no loop");
    assertTrue(output.lines().anyMatch("done"::equals), "it did not get to the end");
  }

  /** The folder from which a class was loaded. */
  private static Path root(Class<?> type) {
    var resource = String.valueOf(type.getResource(type.getSimpleName() + ".class"));
    int depth = type.getPackageName().split("\\.").length;
    return Path.of(URI.create(resource)).resolve("../".repeat(depth + 1)).normalize();
  }
}
