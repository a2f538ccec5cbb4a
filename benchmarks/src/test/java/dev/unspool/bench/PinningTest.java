// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinningTest {
  private static final Pinning PINNED = new Pinning(List.of(2, 3), null);

  @Test
  void aListIsReadAsLinuxWritesIt() {
    assertEquals(List.of(0, 4, 5, 6), Processors.parse("0,4-6\n"));
    assertEquals("0,4,5,6", Processors.list(List.of(0, 4, 5, 6)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "3-1", "-1", "0,", "0-2147483647"})
  void anythingElseIsNoList(String list) {
    var e = assertThrows(IllegalArgumentException.class, () -> Processors.parse(list));
    assertTrue(e.toString().contains("0,2-3"), e.toString());
  }

  @Test
  void processorsThatShareNoCoreComeFirst(@TempDir Path root) throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(root.resolve("proc/self/status"), "Name: java\nCpus_allowed_list:\t2-6\n");
    String[] siblings = {"0-1", "0-1", "2-3", "2-3", "4,6", "5,7", "4,6"};
    for (int i = 0; i < siblings.length; i++) {
      Path topology = root.resolve("sys/devices/system/cpu/cpu" + i + "/topology");
      Files.createDirectories(topology);
      Files.writeString(topology.resolve("thread_siblings_list"), siblings[i] + "\n");
    }
    assertEquals(List.of(2, 4, 5, 3, 6), Processors.allowed(root));
  }

  @Test
  void whereTheSystemNamesNoProcessorsItIsSaid(@TempDir Path root) {
    assertEquals(List.of(), Processors.allowed(root));
  }

  @Test
  void ourJvmIsStartedPinnedAndKnowsWhereTo() {
    List<String> command = new OwnJvm(PINNED).command(List.of("--shape", "h8-l2-k2-3"));
    assertEquals(List.of("taskset", "-c", "2,3"), command.subList(0, 3));
    assertTrue(command.get(3).endsWith("java"), command.toString());
    int options = command.indexOf(Main.class.getName()) + 1;
    assertEquals(
        List.of("--in-place", "--processors", "2,3", "--shape", "h8-l2-k2-3"),
        command.subList(options, command.size()));
  }

  @Test
  void pythonIsToldTheSameProcessorsAndAsManyThreads() {
    var builder = PythonPeers.builder("python3", Path.of("peers.py"), 2, PINNED.processors());
    assertEquals(List.of("python3", "peers.py", "2", "2,3"), builder.command());
    assertEquals("2", builder.environment().get("OMP_NUM_THREADS"));
  }

  @Test
  void withoutTasksetTheOutputSaysSoAndTheJvmStartsAllTheSame() {
    Pinning pinning = Pinning.tried(List.of(0), "no-such-taskset");
    assertFalse(pinning.possible());
    List<String> command = new OwnJvm(pinning).command(List.of());
    assertTrue(command.getFirst().endsWith("java"), command.toString());
    String line = printed(pinning, Output.Format.TEXT);
    assertTrue(line.contains("NOT pinned (no-such-taskset is not installed)"), line);
    var json = JsonParser.parseString(printed(pinning, Output.Format.JSON)).getAsJsonObject();
    assertFalse(json.get("pinned").getAsBoolean());
    assertTrue(json.get("not_pinned").getAsString().contains("not installed"), json.toString());
  }

  @Test
  void theOutputSaysWhereEverythingRan() {
    String line = printed(PINNED, Output.Format.TEXT);
    assertTrue(line.contains("pinned to processors 2,3"), line);
    var json = JsonParser.parseString(printed(PINNED, Output.Format.JSON)).getAsJsonObject();
    assertTrue(json.get("pinned").getAsBoolean());
    assertEquals("2,3", json.get("processors").getAsString());
  }

  /** Holds on every system: either it says why not, or the process really has one processor. */
  @Test
  void whatIsSaidToBePinnedIsPinned() throws IOException, InterruptedException {
    Pinning pinning = Pinning.of(1, List.of());
    assertTrue(pinning.possible() || pinning.text().contains("NOT pinned"), pinning.text());
    if (pinning.possible()) {
      var command = pinning.command(List.of("cat", "/proc/self/status"));
      Process process = new ProcessBuilder(command).start();
      String status = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), status);
      String expected = "Cpus_allowed_list:\t" + Processors.list(pinning.processors());
      assertTrue(status.lines().anyMatch(expected::equals), status);
    }
  }

  private static String printed(Pinning pinning, Output.Format format) {
    var bytes = new ByteArrayOutputStream();
    var output =
        new Output(
            new PrintStream(bytes, true, StandardCharsets.UTF_8),
            format,
            pinning.processors().size(),
            pinning);
    output.begin();
    output.end();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
