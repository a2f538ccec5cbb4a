// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Training must not make garbage. Methods that are not compiled yet do, since vectors are objects
 * there; so it is looked at in another JVM, in which an update waits until a method that is to be
 * compiled is ({@code -Xbatch}): after so many updates there, everything is compiled, however busy
 * the machine. {@code KernelCompilationTest} looks at the kernels alone, at more numbers of units.
 */
class AllocationTest {
  /**
   * Bytes an update: fewer than an array of 17 units for three lanes. A loss and its weight, handed
   * through an engine, are an object of 32 bytes wherever the compiler has not inlined the call.
   */
  static final long BOUND = 128;

  @Test
  void updatesAllocateNothing() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-XX:+UseSerialGC",
            "-Xbatch",
            "-Dunspool.kernels=" + System.getProperty("unspool.kernels", ""),
            "-Dunspool.vectorBits=" + System.getProperty("unspool.vectorBits", ""),
            "-cp",
            System.getProperty("java.class.path"),
            Allocations.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    List<String> lines = output.lines().toList();
    assertEquals(Allocations.CASES, lines.size(), output);
    for (String line : lines) {
      double bytes = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      assertTrue(bytes <= BOUND, "bytes an update: " + line);
    }
  }
}
