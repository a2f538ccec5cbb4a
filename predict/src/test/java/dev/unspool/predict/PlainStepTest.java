// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A step whose parts do not fit is refused when it is read, and what it meets later in a line. */
final class PlainStepTest {
  @TempDir Path folder;

  /** An instruction in short: its arguments after @, its width after #, and so on. */
  private static String instruction(String line) {
    var members = new StringBuilder();
    for (String word : line.split(" ")) {
      String text = word.substring(1);
      members.append(
          switch (word.charAt(0)) {
            case '@' -> ", \"of\": [%s]".formatted(text);
            case '#' -> ", \"width\": %s".formatted(text);
            case '$' -> ", \"name\": \"%s\"".formatted(text);
            case '=' -> ", \"number\": %s".formatted(text);
            default -> "\"operation\": \"%s\"".formatted(word);
          });
    }
    return "{%s}".formatted(members);
  }

  /** Of 4 inputs, a state {@code s} of 3, weights {@code m} of 2 × 3 and {@code v} of 4. */
  private static RecordedStep step(String... lines) {
    return step(4, 0, "\"width\": 3, \"leaving\": 1", lines);
  }

  private static RecordedStep step(int inputs, int classes, String state, String... lines) {
    return RecordedStep.parse(
        """
        {"inputs": %s, "classes": %s, "states": [{"name": "s", %s}],
         "weights": [{"name": "m", "extents": [2, 3]}, {"name": "v", "extents": [4]}],
         "instructions": [%s], "output": %s}
        """
            .formatted(
                inputs,
                classes,
                state,
                IntStream.range(0, lines.length)
                    .mapToObj(i -> instruction(lines[i]))
                    .collect(Collectors.joining(", ")),
                lines.length - 1));
  }

  private static void assertRefused(String message, Executable what) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, what).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "add #4                 | add: it has 0 arguments, expected 2",
        "add @0 #4              | add: it has 1 arguments, expected 2",
        "sine @0,0 #4           | sine: it has 2 arguments, expected 1",
        "select @0,0 #4         | select: it has 2 arguments, expected 3",
        "join #4                | join: it has 0 arguments, expected at least 1",
        "input @0 #4            | input: it has 1 arguments, expected 0",
        "add @0,1 #4            | add: its arguments have the widths [4, 3], expected equal ones, or 1",
        "add @0,0 #5            | add: it has the width 5, expected 4",
        "add @0,0 #1            | add: it has the width 1, expected 4",
        "add @0,2 #4            | add: it takes the value of instruction 2, expected one before it",
        "add @0,-1 #4           | add: it takes the value of instruction -1, expected one before it",
        "negate @0 #3           | negate: it has the width 3, expected 4",
        "input #4               | input: it is there twice",
        "input #3               | input: it has the width 3, expected 4",
        "state $s #3            | state: it is there twice",
        "state $s #4            | state: it has the width 4, expected 3",
        "state $t #3            | state: no state \"t\"",
        "state #3               | state: it says no name",
        "vector $v #3           | vector: it has the width 3, expected 4",
        "vector $m #6           | vector: the weights \"m\" have the shape [2, 3], expected that of a vector",
        "vector $n #6           | vector: no weights \"n\"",
        "vector #6              | vector: it says no name",
        "constant #1            | constant: it says no number",
        "constant =7 #2         | constant: it has the width 2, expected 1",
        "linear @0 $m #2        | linear: its argument has the width 4, expected 3",
        "linear @1 $m #3        | linear: it has the width 3, expected 2",
        "linear @1 $v #2        | linear: the weights \"v\" have the shape [4], expected that of a matrix",
        "linear @1 $n #2        | linear: no weights \"n\"",
        "linear_transposed @1 $m #3 | linear_transposed: its argument has the width 3, expected 2",
        "look_up @0 $m #3       | look_up: its argument has the width 4, expected 1",
        "one_hot @0 #3          | one_hot: its argument has the width 4, expected 1",
        "slice @0 =-1 #2        | slice: it takes 2 units from -1 on, expected units of 0 to 3",
        "slice @0 =0.5 #2       | slice: it takes 2 units from 0.5 on, expected units of 0 to 3",
        "slice @0 =3 #2         | slice: it takes 2 units from 3 on, expected units of 0 to 3",
        "slice @0 =1 #2147483647 | slice: it takes 2147483647 units from 1 on, expected units of 0 to 3",
        "slice @0 #2            | slice: it says no number",
        "join @0,1 #8           | join: it has the width 8, expected 7",
        "repeat @0 #1           | repeat: the width 1 is no multiple of the width 4",
        "repeat @0 #6           | repeat: the width 6 is no multiple of the width 4",
        "repeat @0 #2000000000  | repeat: states, and values up to this one, are 2000000010 numbers, expected at most 67108864",
        "sum @0 #3              | sum: the width 4 is no multiple of the width 3",
        "largest @0 #8          | largest: the width 4 is no multiple of the width 8"
      })
  void shapesFit(String line, String message) {
    assertRefused(
        "RecordedStep: instruction 2 (" + message.replaceFirst(":", "):"),
        () -> step("input #4", "state $s #3", line));
  }

  @Test
  void valuesOfWidthOneStandForAllUnits() throws IOException {
    var step = step("input #4", "state $s #3", "constant =2 #1", "add @0,2 #4", "select @2,3,2 #4");
    double[] y = new double[4];
    prepare(step).step(new double[] {1, 2, 3, 4}, new double[3], y);
    assertArrayEquals(new double[] {3, 4, 5, 6}, y);
  }

  @Test
  void statesFitWhatTheyLeave() {
    String[] lines = {"input #4", "state $s #3", "vector $v #4"};
    assertRefused(
        "RecordedStep: state \"s\" of width 3 leaves instruction 0, whose width is 4",
        () -> step(4, 0, "\"width\": 3, \"leaving\": 0", lines));
    assertRefused(
        "RecordedStep: state \"s\" of width 3 leaves instruction 3, of 3",
        () -> step(4, 0, "\"width\": 3, \"leaving\": 3", lines));
    assertRefused(
        "RecordedStep: state \"s\" of width 3 begins with instruction 2, whose width is 4",
        () -> step(4, 0, "\"width\": 3, \"leaving\": 1, \"initial\": 2", lines));
    assertRefused(
        "RecordedStep: state \"s\" begins with instruction 1, which is not made of weights alone",
        () -> step(4, 0, "\"width\": 3, \"leaving\": 1, \"initial\": 1", lines));
    assertRefused(
        "RecordedStep.states[0]: state \"s\" has the width -1",
        () -> step(4, 0, "\"width\": -1, \"leaving\": 1", lines));
    assertRefused(
        "RecordedStep: instruction 0 (input): states, and values up to this one, are 2000000004 numbers, expected at most 67108864",
        () -> step(4, 0, "\"width\": 2000000000, \"leaving\": 1", lines));
    assertRefused(
        "RecordedStep: a step takes at least 1 input, or 1 that is a class index; found 4 and 2 classes",
        () -> step(4, 2, "\"width\": 3, \"leaving\": 1", lines));
    assertRefused(
        "RecordedStep: the output is instruction -1, found 0 instructions",
        () -> step(4, 0, "\"width\": 3, \"leaving\": 1"));
    assertRefused(
        "RecordedStep: there is more than one state \"s\"",
        () ->
            step(
                4,
                0,
                "\"width\": 3, \"leaving\": 1}, {\"name\": \"s\", \"width\": 1, \"leaving\": 1",
                lines));
  }

  private StepRunner prepare(RecordedStep step) throws IOException {
    String header =
        """
        {"m": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
         "v": {"dtype": "F32", "shape": [4], "data_offsets": [24, 40]}}
        """;
    Path file = WeightsTest.write(folder.resolve("w"), header.getBytes(UTF_8), 40);
    return StepEngine.PLAIN.prepare(step, Weights.read(file), Precision.FLOAT32);
  }

  /** A fraction is cut off, as it is where the model was trained. */
  @Test
  void indicesAreOfTheirTable() throws IOException {
    var step =
        step(
            1,
            0,
            "\"width\": 1, \"leaving\": 0",
            "input #1",
            "state $s #1",
            "look_up @0 $m #3",
            "one_hot @0 #3",
            "add @2,3 #3");
    StepRunner runner = prepare(step);
    double[] state = {7};
    double[] y = new double[3];
    for (double index : new double[] {0, 0.7, -0.0, -0.5}) {
      runner.step(new double[] {index}, state, y);
      assertArrayEquals(new double[] {1.5, 1.5, 2.5}, y);
    }
    runner.step(new double[] {1.5}, state, y);
    assertArrayEquals(new double[] {3.5, 5.5, 5.5}, y);
    for (double index : new double[] {2, -1, 1e10, Double.NaN, Double.NEGATIVE_INFINITY}) {
      state[0] = 7;
      assertRefused(
          "found the index %s, expected one from 0 to 1".formatted((double) (float) index),
          () -> runner.step(new double[] {index}, state, y));
      assertEquals(7, state[0], "what was refused has not been");
    }
    StepRunner hot =
        prepare(
            step(1, 0, "\"width\": 1, \"leaving\": 0", "input #1", "state $s #1", "one_hot @0 #3"));
    assertRefused(
        "found the index 3.0, expected one from 0 to 2",
        () -> hot.step(new double[] {3}, state, y));
  }

  @Test
  void anIndexThatIsAWeightIsRefusedWhenItIsLoaded() {
    var step = step("input #4", "state $s #3", "constant =2 #1", "look_up @2 $m #3");
    assertRefused("found the index 2.0, expected one from 0 to 1", () -> prepare(step));
  }

  @Test
  void classesAreWhatTheyAre() throws IOException {
    StepRunner runner =
        prepare(
            step(
                1,
                2,
                "\"width\": 1, \"leaving\": 0",
                "input #1",
                "state $s #1",
                "look_up @0 $m #3"));
    double[] y = new double[3];
    runner.step(new double[] {1}, new double[1], y);
    assertArrayEquals(new double[] {3.5, 4.5, 5.5}, y);
    for (double index : new double[] {2, -1, 0.5, Double.NaN}) {
      assertRefused(
          "the input is %s, expected a class index from 0 to 1".formatted(index),
          () -> runner.step(new double[] {index}, new double[1], y));
    }
  }

  /** Where a run says it, the file and the instruction are named. */
  @Test
  void aRunWhoseStepDoesNotFitIsRefusedInALine() throws IOException {
    Path file = folder.resolve("forecaster.json");
    String line = "{\"operation\": \"input\", \"width\": 1}";
    String text =
        new String(RunFilesTest.description(), UTF_8)
            .replace(line, line + ", {\"operation\": \"add\", \"width\": 1}");
    var content = new LinkedHashMap<Object, @Nullable Object>((Map<?, ?>) json(text));
    content.remove("crc32c");
    var crc = new CRC32C();
    crc.update(Json.line(content).getBytes(UTF_8));
    content.put("crc32c", SignedJson.hexadecimal(crc));
    Files.writeString(file, Json.write(content));
    assertEquals(
        "%s is damaged: ModelDescription.step: instruction 1 (add): it has 0 arguments, expected 2; 'unspool export %s --forecaster' writes it anew"
            .formatted(file, folder),
        assertThrows(ForecasterException.class, () -> Forecaster.load(folder, StepEngine.PLAIN))
            .getMessage());
  }

  private static Object json(String text) {
    return Objects.requireNonNull(Json.parse(text));
  }
}
