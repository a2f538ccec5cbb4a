// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/**
 * A command that was run inside the test.
 *
 * @param status its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandRun(int status, String out, String err) {

  /** Runs a command; words that are not strings are written as they say. */
  static CommandRun of(Object... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] args = Arrays.stream(words).map(String::valueOf).toArray(String[]::new);
    int status = Main.execute(command, args);
    return new CommandRun(status, out.toString(), err.toString());
  }

  /** Runs a command that must succeed. */
  static CommandRun succeeds(Object... words) {
    CommandRun run = of(words);
    assertEquals(0, run.status, () -> Arrays.toString(words) + run);
    return run;
  }

  /** Runs a command that must fail with one line; returns the line. */
  static String fails(int status, Object... words) {
    CommandRun run = of(words);
    assertEquals(status, run.status, () -> Arrays.toString(words) + run);
    assertEquals("", run.out);
    List<String> lines = run.err.lines().filter(line -> line.startsWith("unspool: ")).toList();
    assertEquals(1, lines.size(), () -> Arrays.toString(words) + run);
    assertEquals(lines.getFirst(), run.err.lines().toList().getLast(), "the error comes last");
    return lines.getFirst();
  }

  /** Checks that a line says all of some words. */
  static void says(String line, String... words) {
    for (String word : words) {
      assertTrue(line.contains(word), () -> "'" + word + "' is not in: " + line);
    }
  }

  /** The standard output as JSON; it holds nothing else. */
  JsonObject json() {
    return json(out);
  }

  /** A text that is one JSON object. */
  static JsonObject json(String text) {
    return new Gson().fromJson(text, JsonObject.class);
  }
}
