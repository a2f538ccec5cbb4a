// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A damaged file of a fit is found and named, whatever the damage; nothing wrong is computed. */
final class FitDamageTest {
  private static final int DAMAGES = 30;

  @TempDir Path folder;

  private Path fit() throws IOException {
    TinyPlant.table(folder.resolve("plant.csv"), 120, 1);
    Path run = folder.resolve("run");
    CommandRun.succeeds(words(run, ""));
    return run;
  }

  private Object[] words(Path run, String more) {
    Object[] words = {"fit", "--csv", folder.resolve("plant.csv"), "--out", run};
    return TinyData.changed(
        words, "--input u --target y --hidden 2 --iterations 3 --starts 1" + more);
  }

  @ParameterizedTest
  @CsvSource({"config.json", "best.safetensors", "metrics.json"})
  void aDamagedFileIsNamed(String name) throws IOException {
    Path run = fit();
    Path file = run.resolve(name);
    byte[] intact = Files.readAllBytes(file);
    String info = CommandRun.succeeds("info", run).out();
    String answer = simulate(run).out();
    long seed = Long.getLong("unspool.seed", System.nanoTime());
    var random = new SplitMix64(seed);
    int harmful = 0;
    for (int i = 0; i < DAMAGES; i++) {
      byte[] damaged = damage(intact, random);
      Files.write(file, damaged);
      String what = "damage %s of %s, -Dunspool.seed=%s".formatted(i, name, seed);
      CommandRun said = CommandRun.of("info", run);
      CommandRun simulated = simulate(run);
      if (said.status() == 0) {
        assertEquals(info, said.out(), what);
      } else {
        harmful++;
        assertNamed(said, file, what);
      }
      if (simulated.status() == 0) {
        assertEquals(answer, simulated.out(), what);
      } else {
        assertNamed(simulated, file, what);
      }
    }
    assertTrue(harmful > DAMAGES / 2, "most of them, seed " + seed);
    Files.write(file, intact);
    assertEquals(info, CommandRun.succeeds("info", run).out());
  }

  private CommandRun simulate(Path run) {
    return CommandRun.of("simulate", "--model", run, "--csv", folder.resolve("plant.csv"));
  }

  private static void assertNamed(CommandRun run, Path file, String what) {
    assertEquals(1, run.status(), () -> what + run);
    assertEquals("", run.out(), what);
    assertEquals(1, run.err().lines().count(), () -> what + run);
    assertTrue(run.err().contains(file.toString()), () -> what + run);
    assertFalse(run.err().contains("Exception") || run.err().contains("--debug"), () -> what + run);
  }

  /** Another content: bits flipped, bytes overwritten, cut off, doubled or left out. */
  private static byte[] damage(byte[] intact, SplitMix64 random) {
    byte[] damaged = intact.clone();
    int at = random.nextInt(intact.length);
    switch (random.nextInt(5)) {
      case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> damaged[at] = (byte) ('0' + random.nextInt(10));
      case 2 -> Arrays.fill(damaged, at, Math.min(intact.length, at + 16), (byte) 0);
      case 3 -> damaged = Arrays.copyOf(intact, at);
      default -> {
        damaged = new byte[intact.length + 1];
        System.arraycopy(intact, 0, damaged, 0, at);
        System.arraycopy(intact, at, damaged, at + 1, intact.length - at);
      }
    }
    return Arrays.equals(damaged, intact) ? damage(intact, random) : damaged;
  }

  @Test
  void filesOfAnotherFitAreFound() throws IOException {
    Path run = fit();
    Path other = folder.resolve("other");
    CommandRun.succeeds(words(other, " --seed 5"));
    for (String name : new String[] {"config.json", "best.safetensors"}) {
      byte[] own = Files.readAllBytes(run.resolve(name));
      Files.write(run.resolve(name), Files.readAllBytes(other.resolve(name)));
      assertEquals(1, simulate(run).status(), name);
      assertEquals(1, CommandRun.of("info", run).status(), name);
      Files.write(run.resolve(name), own);
    }
  }
}
