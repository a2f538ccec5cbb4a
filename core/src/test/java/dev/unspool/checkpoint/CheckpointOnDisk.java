// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A folder with checkpoints of which each has a number in everything that it holds. */
abstract class CheckpointOnDisk {
  static final ParameterLayout LAYOUT =
      ParameterLayout.builder().add("weight_ih_l0", 3, 2).add("bias_ih_l0", 3).build();

  @TempDir Path folder;
  CheckpointFolder checkpoint;

  @BeforeEach
  void open() {
    checkpoint = new CheckpointFolder(folder);
  }

  static Parameters theta(int number) {
    var theta = new Parameters(LAYOUT);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] = number + i / 16f;
    }
    return theta;
  }

  static Snapshot state(int number) {
    var state = new Snapshot();
    state.put("engine.steps", (long) number);
    state.put("engine.values", number, Float.NaN, -0f);
    state.put("best", number + 0.1, Double.POSITIVE_INFINITY);
    state.put("nothing", new float[0]);
    return state;
  }

  static void write(CheckpointFolder into, int number) throws IOException {
    into.write(theta(number), state(number), Map.of("number", Integer.toString(number)));
  }

  /** The number of the checkpoint in the folder; everything in it must be of that number. */
  int number() throws IOException {
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

  Snapshot state() throws IOException {
    return checkpoint.read(new Parameters(LAYOUT)).state();
  }

  List<String> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static List<String> filesOf(int generation) {
    return List.of(
        "checkpoint.json",
        "state-%s.safetensors".formatted(generation),
        "weights-%s.safetensors".formatted(generation));
  }

  void refused(Executable reading, String... said) {
    String message = assertThrows(CheckpointException.class, reading).toString();
    assertFalse(message.contains("\n"), message);
    assertTrue(message.contains("CheckpointException: " + folder), message);
    for (String part : said) {
      assertTrue(message.contains(part), message);
    }
  }

  void damage(String name, UnaryOperator<byte[]> change) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, change.apply(Files.readAllBytes(file)));
  }
}
