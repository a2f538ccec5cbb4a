// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.predict.Forecaster;
import dev.unspool.predict.Outputs;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that is saved in one process goes on in another. */
final class OtherProcessTest {
  /** Takes rows from one number to another, from a state that may be there to one that is left. */
  private static final String PROGRAM =
      """
      import dev.unspool.predict.Forecaster;
      import dev.unspool.predict.Prediction;
      import java.nio.file.Files;
      import java.nio.file.Path;
      import java.time.Instant;

      public final class Part {
        public static void main(String[] args) throws Exception {
          Forecaster forecaster = Forecaster.load(Path.of(args[0]));
          Path state = Path.of(args[1]);
          int from = Integer.parseInt(args[2]);
          if (from == 0) {
            forecaster.future("holiday", 0, 0);
          } else {
            forecaster.restore(Files.readAllBytes(state));
          }
          for (int t = from; t < Integer.parseInt(args[3]); t++) {
            forecaster.future("holiday", t % 24 < 3 ? 1 : 0);
            Instant time = Instant.parse("2024-01-01T00:00:00Z").plusSeconds(3600L * t);
            double load = t % 5 == 4 ? Double.NaN : 3000 + t * t % 17;
            say(forecaster.step(time, load, 10 + t % 3, 0));
          }
          Files.write(state, forecaster.save());
          forecaster.future("holiday", 0, 0, 0, 0);
          forecaster.future("wind", 9, 8, 7, 6);
          forecaster.forecast(4).forEach(Part::say);
        }

        private static void say(Prediction prediction) {
          System.out.println(prediction.value() + " " + prediction.quantiles()[0][0]);
        }
      }
      """;

  @TempDir Path folder;
  private Path run = Path.of("");

  @BeforeEach
  void write() throws Exception {
    run = folder.resolve("run");
    var load = new Outputs.Target("load", true, 3000, List.of(40.0, 60.0));
    var outputs =
        new Outputs(List.of(load), List.of(1, 2), Outputs.Law.GAUSSIAN, List.of(0.05, 0.95));
    RunOnDisk.write(run, "loads", 3, RunOnDisk.features(), outputs);
    Path source = Files.writeString(folder.resolve("Part.java"), PROGRAM);
    String said = run("javac", "-cp", predict(), "-d", folder.toString(), source.toString());
    assertEquals("", said);
  }

  private static String predict() throws URISyntaxException {
    return Path.of(Forecaster.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }

  private static String run(String program, String... words)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", program).toString());
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  /** What a process says of some rows, and of the four behind them. */
  private List<String> part(String classes, String state, int from, int to) throws Exception {
    return run(
            "java",
            "-cp",
            folder + File.pathSeparator + classes,
            "Part",
            run.toString(),
            folder.resolve(state).toString(),
            "" + from,
            "" + to)
        .lines()
        .toList();
  }

  @Test
  void itSaysWhatOneProcessSays() throws Exception {
    List<String> whole = part(predict(), "whole", 0, 40);
    List<String> first = part(predict(), "parts", 0, 17);
    List<String> then = part(predict(), "parts", 17, 40);
    assertEquals(whole.subList(0, 17), first.subList(0, 17));
    assertEquals(whole.subList(17, 44), then);
    // The library for Java 25 goes on from that state, too: the same numbers to 1e-6.
    part(predict(), "parts", 0, 17);
    List<String> fast = part(System.getProperty("java.class.path"), "parts", 17, 40);
    for (int i = 0; i < then.size(); i++) {
      for (int number = 0; number < 2; number++) {
        double expected = Double.parseDouble(then.get(i).split(" ")[number]);
        double found = Double.parseDouble(fast.get(i).split(" ")[number]);
        assertEquals(expected, found, 1e-6 * expected, "line " + i);
      }
    }
  }
}
