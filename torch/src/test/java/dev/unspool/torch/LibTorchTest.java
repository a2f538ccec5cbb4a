// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading libtorch where something is in the way. */
class LibTorchTest {
  /** What the other process does. */
  static final class FirstUse {
    private FirstUse() {}

    public static void main(String[] arguments) {
      LibTorch.load();
      System.out.println("sum " + torch.ones(2, 3).sum().item_float());
    }
  }

  /**
   * A cold cache, and libraries of the same names where the linker looks first: should it ever look
   * for one of them instead of taking what is loaded already, it finds one of the JDK's.
   */
  @Test
  void aLibtorchOfTheSystemIsNotTaken(@TempDir Path folder) throws Exception {
    Path system = Files.createDirectories(folder.resolve("system"));
    for (String name : new String[] {"libtorch.so", "libtorch_cpu.so", "libc10.so"}) {
      Files.copy(anyLibrary(), system.resolve(name));
    }
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"),
            "-cp",
            System.getProperty("java.class.path"),
            FirstUse.class.getName()));
    String output = run(command, system);
    assertTrue(output.contains("sum 6.0"), output);
  }

  private static Path anyLibrary() {
    Path home = Path.of(System.getProperty("java.home"));
    String name = System.mapLibraryName("jimage");
    Path library = home.resolve("lib").resolve(name);
    return Files.exists(library) ? library : home.resolve("bin").resolve(name);
  }

  private static String run(List<String> command, Path libraries)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assertEquals(0, code, output);
    return output;
  }

  @Test
  void aPlatformWithoutNativesGetsOneLine() {
    var thrown = assertThrows(UnsatisfiedLinkError.class, () -> LibTorch.loadNatives("plan9-mips"));
    String message = Messages.of(thrown);
    assertTrue(message.contains("'plan9-mips'"), message);
    assertTrue(message.contains("pytorch-platform"), message);
    assertEquals(1, message.lines().count());
  }
}
