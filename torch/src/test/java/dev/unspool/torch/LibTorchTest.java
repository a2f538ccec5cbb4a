// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    String output =
        OtherJvm.run(
            FirstUse.class,
            List.of("-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache")),
            Map.of("LD_LIBRARY_PATH", system.toString()));
    assertTrue(output.contains("sum 6.0"), output);
  }

  private static Path anyLibrary() {
    Path home = Path.of(System.getProperty("java.home"));
    String name = System.mapLibraryName("jimage");
    Path library = home.resolve("lib").resolve(name);
    return Files.exists(library) ? library : home.resolve("bin").resolve(name);
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
