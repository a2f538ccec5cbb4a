// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.builder().add("weight_ih_l0", 3, 2).add("bias_ih_l0", 3).build();

  @TempDir Path folder;
  private CheckpointFolder checkpoint;

  @BeforeEach
  void open() {
    checkpoint = new CheckpointFolder(folder);
  }

  private static Parameters theta(int number) {
    var theta = new Parameters(LAYOUT);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] = number + i / 16f;
    }
    return theta;
  }

  private static Snapshot state(int number) {
    var state = new Snapshot();
    state.put("engine.steps", (long) number);
    state.put("engine.values", number, Float.NaN, -0f);
    state.put("best", number + 0.1, Double.POSITIVE_INFINITY);
    state.put("nothing", new float[0]);
    return state;
  }

  private static void write(CheckpointFolder into, int number) throws IOException {
    into.write(theta(number), state(number), Map.of("number", Integer.toString(number)));
  }

  /** The number of the checkpoint in the folder; everything in it must be of that number. */
  private int number() throws IOException {
    var theta = new Parameters(LAYOUT);
    var content = checkpoint.read(theta);
    int number = Integer.parseInt(content.about().get("number"));
    assertEquals(content.about(), checkpoint.about());
    var weights = new Parameters(LAYOUT);
    checkpoint.readWeights(weights);
    assertArrayEquals(theta.values(), weights.values());
    assertArrayEquals(theta(number).values(), theta.values());
    var expected = state(number);
    var found = content.state();
    assertEquals(
        List.copyOf(expected.entries().keySet()).stream().sorted().toList(),
        found.entries().keySet().stream().sorted().toList());
    assertArrayEquals(expected.longs("engine.steps"), found.longs("engine.steps"));
    assertArrayEquals(expected.floats("engine.values"), found.floats("engine.values"));
    assertArrayEquals(expected.doubles("best"), found.doubles("best"));
    assertEquals(0, found.floats("nothing").length);
    return number;
  }

  private Snapshot state() throws IOException {
    return checkpoint.read(new Parameters(LAYOUT)).state();
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<String> filesOf(int generation) {
    return List.of(
        "checkpoint.json",
        "state-%s.safetensors".formatted(generation),
        "weights-%s.safetensors".formatted(generation));
  }

  private void refused(Executable reading, String... said) {
    String message = assertThrows(CheckpointException.class, reading).toString();
    assertFalse(message.contains("\n"), message);
    assertTrue(message.contains("CheckpointException: " + folder), message);
    for (String part : said) {
      assertTrue(message.contains(part), message);
    }
  }

  private void damage(String name, UnaryOperator<byte[]> change) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, change.apply(Files.readAllBytes(file)));
  }

  @Test
  void readsWhatWasWrittenLast() throws IOException {
    assertFalse(checkpoint.exists());
    refused(checkpoint::about, "no such file", "holds no checkpoint");
    for (int number = 1; number <= 3; number++) {
      write(checkpoint, number);
      assertTrue(checkpoint.exists());
      assertEquals(number, number());
      assertEquals(filesOf(number), files());
    }
  }

  @Test
  void keepsTheOwnersTextInOrder() throws IOException {
    var about = new LinkedHashMap<String, String>();
    about.put("zebra", "\"<&>\n\u2028");
    about.put("", "Ünïcödé 🙂");
    about.put("aardvark", "");
    checkpoint.write(theta(1), new Snapshot(), about);
    assertEquals(List.copyOf(about.entrySet()), List.copyOf(checkpoint.about().entrySet()));
    assertTrue(state().entries().isEmpty());
  }

  @Test
  void weightsAreNamedAndShaped() throws IOException {
    write(checkpoint, 1);
    var weights = Safetensors.read(folder.resolve("weights-1.safetensors"));
    assertEquals("pt", weights.metadata().get("format"));
    assertEquals(List.of(3L, 2L), weights.tensor("weight_ih_l0").shape());
    assertArrayEquals(theta(1).get("weight_ih_l0"), weights.tensor("weight_ih_l0").floats());
  }

  private void read(String name) throws IOException {
    if (name.startsWith("weights")) {
      checkpoint.readWeights(new Parameters(LAYOUT));
    } else if (name.startsWith("state")) {
      state();
    } else {
      assertEquals("1", checkpoint.about().get("number"));
    }
  }

  @Test
  void everyFlippedByteIsNoticed() throws IOException {
    write(checkpoint, 1);
    for (String name : filesOf(1)) {
      byte[] sound = Files.readAllBytes(folder.resolve(name));
      for (int i = 0; i < sound.length; i++) {
        byte[] changed = sound.clone();
        changed[i] ^= (byte) (1 << (i % 8));
        // A blank between the members of the manifest may become another blank.
        if (name.endsWith(".json") && isBlank(sound[i]) && isBlank(changed[i])) {
          continue;
        }
        damage(name, _ -> changed);
        refused(() -> read(name));
      }
      damage(name, _ -> sound);
    }
    assertEquals(1, number());
  }

  private static boolean isBlank(byte b) {
    return " \n\r\t".indexOf(b) >= 0;
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    write(checkpoint, 1);
    for (String name : filesOf(1)) {
      byte[] sound = Files.readAllBytes(folder.resolve(name));
      // The last byte of the manifest is only the end of its line.
      int end = name.endsWith(".json") ? sound.length - 1 : sound.length;
      for (int length = 0; length < end; length++) {
        int to = length;
        damage(name, _ -> Arrays.copyOf(sound, to));
        refused(() -> read(name));
      }
      damage(name, _ -> sound);
    }
    assertEquals(1, number());
  }

  @Test
  void saysWhatIsDamaged() throws IOException {
    write(checkpoint, 1);
    damage("weights-1.safetensors", bytes -> Arrays.copyOf(bytes, bytes.length - 1));
    var untouched = theta(9);
    refused(() -> checkpoint.readWeights(untouched), "weights-1", "bytes, expected ", "go back");
    assertArrayEquals(theta(9).values(), untouched.values());
    refused(() -> checkpoint.read(untouched), "weights-1", "bytes, expected ", "go back");
    assertArrayEquals(theta(9).values(), untouched.values());
    write(checkpoint, 1);

    Files.delete(folder.resolve("state-2.safetensors"));
    refused(() -> checkpoint.read(untouched), "state-2", "missing", "checkpoint.json");
    assertArrayEquals(theta(9).values(), untouched.values(), "neither of the two");
    checkpoint.readWeights(untouched);
    assertArrayEquals(theta(1).values(), untouched.values());

    damage("checkpoint.json", _ -> "[1, 2]".getBytes(UTF_8));
    refused(checkpoint::about, "checkpoint.json", "not the JSON of a checkpoint", "go back");
    damage("checkpoint.json", _ -> "[".repeat(100_000).getBytes(UTF_8));
    refused(checkpoint::about, "not the JSON of a checkpoint");
    damage("checkpoint.json", _ -> "{\"format\": \"unspool-checkpoint-2\"}".getBytes(UTF_8));
    refused(checkpoint::about, "unspool-checkpoint-2", "use the version");
  }

  /** A pipe would be waited for. */
  @Test
  void refusesWhatIsNoFile() throws Exception {
    write(checkpoint, 1);
    for (String name : filesOf(1)) {
      Path file = folder.resolve(name);
      byte[] sound = Files.readAllBytes(file);
      Files.delete(file);
      Files.createDirectory(file);
      refused(() -> checkpoint.read(theta(9)), file + ": found a folder, expected a file");
      Files.delete(file);
      assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
      refused(() -> checkpoint.read(theta(9)), file + ": found a pipe or a device");
      Files.delete(file);
      Files.write(file, sound);
      assertEquals(1, number());
    }
  }

  @Test
  void refusesNamesThatLeadElsewhere() throws IOException {
    write(checkpoint, 1);
    var elsewhere = new Manifest.FileEntry("../weights-1.safetensors", 1, "00000000");
    damage("checkpoint.json", _ -> new Manifest(Map.of(), elsewhere, elsewhere).toJson());
    refused(checkpoint::about, "'../weights-1.safetensors'");
  }

  @Test
  void refusesTheWeightsOfAnotherModel() throws IOException {
    write(checkpoint, 1);
    var other =
        new Parameters(
            ParameterLayout.builder().add("weight_ih_l0", 2, 3).add("bias_ih_l0", 3).build());
    refused(
        () -> checkpoint.readWeights(other),
        "another model",
        "found weight_ih_l0 F32 [3, 2], expected weight_ih_l0 F32 [2, 3]");
    var more =
        new Parameters(
            ParameterLayout.builder()
                .add("weight_ih_l0", 3, 2)
                .add("bias_ih_l0", 3)
                .add("bias_hh_l0", 3)
                .build());
    refused(() -> checkpoint.readWeights(more), "found nothing else, expected bias_hh_l0 F32 [3]");
    assertArrayEquals(new float[12], more.values());
  }

  /** The order of the layout does not matter: names do. */
  @Test
  void readsWeightsByName() throws IOException {
    write(checkpoint, 1);
    var turned =
        new Parameters(
            ParameterLayout.builder().add("bias_ih_l0", 3).add("weight_ih_l0", 3, 2).build());
    checkpoint.readWeights(turned);
    assertArrayEquals(theta(1).get("bias_ih_l0"), turned.get("bias_ih_l0"));
  }

  @Test
  void whateverFailsTheFormerCheckpointStays() throws IOException {
    write(checkpoint, 1);
    for (int step = 0; ; step++) {
      var storage = new FaultyStorage(step, false);
      int former = number();
      List<String> files = files();
      try {
        write(new CheckpointFolder(folder, storage), former + 1);
        assertEquals(former + 1, number());
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).endsWith("No space left on device"), e::toString);
        if (number() == former) {
          assertEquals(files, files(), "after step " + step);
        } else {
          // Only the last sync of the folder comes after the manifest has its name.
          assertEquals(former + 1, number());
          assertTrue(files().containsAll(files), "after step " + step);
        }
        assertTrue(files().stream().noneMatch(name -> name.endsWith(".tmp")), "step " + step);
      }
      if (!storage.failed()) {
        assertTrue(step > 15, "only " + step + " steps were tried");
        return;
      }
    }
  }

  @Test
  void whatCannotBeWrittenIsNamed() {
    var full = new CheckpointFolder(folder, new FaultyStorage(1, true));
    var failure = assertThrows(FileSystemException.class, () -> write(full, 1));
    assertEquals(folder.resolve("weights-1.safetensors").toString(), failure.getFile());
    assertEquals("No space left on device", failure.getReason());
  }

  @Test
  void aFirstCheckpointThatFailsLeavesNothing() throws IOException {
    for (int step = 0; ; step++) {
      var storage = new FaultyStorage(step, false);
      var faulty = new CheckpointFolder(folder, storage);
      try {
        write(faulty, 1);
        assertEquals(1, number());
        return;
      } catch (IOException e) {
        if (faulty.exists()) {
          assertEquals(1, number());
          return;
        }
        assertEquals(List.of(), files(), "after step " + step);
      }
    }
  }

  @Test
  void whereverTheMachineStopsTheFolderIsSound() throws IOException {
    write(checkpoint, 1);
    boolean seenFormer = false;
    boolean seenNew = false;
    for (int step = 0; ; step++) {
      var storage = new FaultyStorage(step, true);
      int former = number();
      try {
        write(new CheckpointFolder(folder, storage), former + 1);
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).endsWith("No space left on device"), e::toString);
      }
      int now = number();
      seenFormer |= now == former;
      seenNew |= now == former + 1;
      assertTrue(now == former || now == former + 1, "found " + now + " after " + former);
      if (!storage.failed()) {
        break;
      }
    }
    assertTrue(seenFormer && seenNew);
    write(checkpoint, 1000);
    assertEquals(1000, number());
    assertEquals(3, files().size(), "what was interrupted is cleared away: " + files());
  }

  /** Weights, snapshot and text of two checkpoints must never come together. */
  @Test
  void othersReadWholeCheckpointsWhileTheyAreReplaced() throws Exception {
    var writing = new CheckpointFolder(folder, new UnsyncedStorage());
    write(writing, 0);
    try (var threads = Executors.newSingleThreadExecutor()) {
      Callable<Integer> replacing =
          () -> {
            for (int number = 1; number <= 200; number++) {
              write(writing, number);
            }
            return 200;
          };
      var writer = threads.submit(replacing);
      long last = 0;
      do {
        var theta = new Parameters(LAYOUT);
        var content = checkpoint.read(theta);
        long number = content.state().number("engine.steps");
        assertTrue(number >= last, number + " after " + last);
        assertArrayEquals(theta((int) number).values(), theta.values());
        assertEquals(Long.toString(number), content.about().get("number"));
        last = number;
      } while (!writer.isDone());
      assertEquals(200, writer.get());
    }
    assertEquals(200, number());
  }

  @Test
  void largeStatesSurvive() throws IOException {
    var state = new Snapshot();
    long[] large = IntStream.range(0, 300_000).mapToLong(i -> i * 0x9e3779b97f4a7c15L).toArray();
    state.put("large", large);
    checkpoint.write(theta(1), state, Map.of());
    assertArrayEquals(large, state().longs("large"));
  }
}
