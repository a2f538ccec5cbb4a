// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.cli.run.Stop;
import dev.unspool.model.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A stream that went through {@code unspool online} inside the test.
 *
 * @param status its exit code
 * @param lines its answers
 * @param err what it wrote to standard error
 */
record StreamRun(int status, List<String> lines, String err) {

  /** Runs it over a text. */
  static StreamRun of(String input, Object... words) {
    return of(input.getBytes(UTF_8), words);
  }

  static StreamRun of(byte[] input, Object... words) {
    var out = new ByteArrayOutputStream();
    return with(new ByteArrayInputStream(input), out, Stop::onRequest, words)
        .answered(out.toByteArray());
  }

  /** Runs it between two ends. */
  static StreamRun with(InputStream in, OutputStream out, Supplier<Stop> stops, Object... words) {
    var err = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(err, true)).setErr(new PrintWriter(err, true));
    OnlineCommand online =
        Objects.requireNonNull(command.getSubcommands().get("online")).getCommand();
    online.in = in;
    online.answers = out;
    online.stops = stops;
    String[] args =
        Stream.concat(Stream.of("online"), Arrays.stream(words).map(String::valueOf))
            .toArray(String[]::new);
    return new StreamRun(Main.execute(command, args), List.of(), err.toString());
  }

  StreamRun answered(byte[] out) {
    String text = new String(out, UTF_8);
    assertTrue(text.isEmpty() || text.endsWith("\n"), "whole lines");
    return new StreamRun(status, text.lines().toList(), err);
  }

  /** Runs one that must end well. */
  static StreamRun succeeds(String input, Object... words) {
    StreamRun run = of(input, words);
    assertEquals(0, run.status, run::toString);
    return run;
  }

  /** Runs one that must fail; returns its last line on standard error. */
  static String fails(int status, String input, Object... words) {
    StreamRun run = of(input, words);
    assertEquals(status, run.status, run::toString);
    List<String> lines = run.err.lines().filter(line -> line.startsWith("unspool: ")).toList();
    assertEquals(lines.getLast(), run.err.lines().toList().getLast(), run::toString);
    return lines.getLast();
  }

  /** The answers as JSON. */
  List<JsonObject> json() {
    return lines.stream().map(CommandRun::json).toList();
  }

  /** The newest snapshot in a folder. */
  static Path newest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("snapshots"))) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .max(Comparator.comparingLong(StreamRun::number))
          .orElseThrow();
    }
  }

  /** Checks that the newest snapshots of two folders hold the same, to the bit. */
  static void assertSame(Path expected, Path actual, String where) throws IOException {
    var one =
        new SnapshotSeries(expected.resolve("snapshots"), 1).newest().snapshot().orElseThrow();
    var two = new SnapshotSeries(actual.resolve("snapshots"), 1).newest().snapshot().orElseThrow();
    assertEquals(one.number(), two.number(), where);
    assertEquals(one.state().entries().keySet(), two.state().entries().keySet(), where);
    one.state()
        .entries()
        .forEach(
            (name, entry) ->
                assertArrayEquals(
                    bits(entry),
                    bits(Objects.requireNonNull(two.state().entries().get(name))),
                    name + " " + where));
  }

  private static long[] bits(Snapshot.Entry entry) {
    return switch (entry) {
      case Snapshot.Longs(long[] values) -> values;
      case Snapshot.Doubles(double[] values) ->
          Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
      case Snapshot.Floats(float[] values) -> {
        long[] bits = new long[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        yield bits;
      }
    };
  }

  /** Records that a snapshot is of. */
  static long number(Path snapshot) {
    return Long.parseLong(snapshot.getFileName().toString().replaceAll("[^0-9]", ""));
  }
}
