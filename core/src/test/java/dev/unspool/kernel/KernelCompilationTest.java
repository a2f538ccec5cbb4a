// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the compiler makes of the kernels: nothing is allocated once they are compiled, at sizes
 * that are multiples of a vector and that are not, and no compiler gives up on one of them. Both
 * depend on the width of the vectors and not on the results, which are right even when a kernel
 * runs ten times too slowly.
 *
 * <p>It is looked at in another JVM ({@link BatchJvm}), with the kernels and the width of this run
 * of the suite. A width that the machine has can be forced on it and shows what happens on machines
 * that have no other, except where those have other instructions: 256 bits on a machine with
 * AVX-512 have masks in registers and 32 registers; {@code -XX:UseAVX=2} takes those away. A width
 * that the machine does not have shows nothing, since each operation makes an object there; so this
 * test tries the widest that the machine has instead. That code for wider vectors is sound is then
 * as likely as it can be made by all widths running the same code, without masks and at sizes that
 * leave rests at each of them.
 */
class KernelCompilationTest {
  @Test
  void compiledKernelsAllocateNothingAndNoCompilerGivesUp(@TempDir Path folder) throws Exception {
    String kernels = System.getProperty("unspool.kernels", "");
    int bits = TestedWidth.bits();
    Path compilation = folder.resolve("compilation");
    var output =
        BatchJvm.run(
            KernelCalls.class,
            compilation,
            "-XX:+PrintCompilation",
            "-XX:+DisplayVMOutputToStderr");
    assertEquals(List.of("tried: " + expected(kernels, bits)), output);
    var skipped =
        Files.readAllLines(compilation).stream()
            .filter(line -> line.contains("COMPILE SKIPPED") && line.contains("dev.unspool"))
            .toList();
    assertEquals(List.of(), skipped);
  }

  private static String expected(String kernels, int bits) {
    return kernels.equals("scalar") ? kernels : "simd, %s bits".formatted(bits);
  }
}
