// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Report;
import dev.unspool.model.WeightPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings that a time ends, by a clock that goes on by a second whenever it is read. */
final class TimedTrainingTest {
  private static final long SECOND = 1_000_000_000;

  /** So many seconds, and so updates. */
  private static final int BUDGET = 60;

  @TempDir Path folder;
  Path text = Path.of("");
  String said = "";

  @BeforeEach
  void write() throws IOException {
    var random = new Random(4);
    var words = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      words.append((char) ('a' + random.nextInt(6))).append(i % 7 == 6 ? '\n' : ' ');
    }
    text = Files.writeString(folder.resolve("text.txt"), words);
  }

  private RunConfig config(RateConfig rate, LimitConfig limit) {
    return RunConfig.of(
        new TextConfig(text.toString(), TokenKind.BYTES, 10, 0.2, 0, null),
        new NetworkConfig("gru", 32, 1, 0, 8, false, false, null, null, null),
        new TrainingConfig(
            new SweepConfig(10, 20, "every", WeightPolicy.AS_APPLIED, GradientKind.TBPTT),
            2,
            new RuleConfig(OptimizerKind.ADAM, 0, 0, 1, 0),
            rate,
            limit,
            new ReportConfig(1e-9, 30.0, 0),
            1,
            1));
  }

  private static RateConfig cosine(double rate, int warmUp) {
    return new RateConfig(rate, ScheduleKind.COSINE, warmUp, 6, 1.2);
  }

  private static double seconds(Report report) {
    return Objects.requireNonNull(report.seconds());
  }

  private static LongSupplier seconds() {
    long[] now = {SECOND * 1000};
    return () -> now[0] += SECOND;
  }

  /** Trains, until so many updates were reported. */
  private @Nullable Figures train(RunFolder run, RunConfig config, boolean anew, int updates)
      throws IOException {
    var err = new StringWriter();
    try (Task task =
            TextTask.open(
                Objects.requireNonNull(config.text()),
                new Architecture(config.requireNetwork(), null));
        Stop stop = Stop.onRequest()) {
      var writer =
          new PrintWriter(err) {
            private int reports;

            @Override
            public void println(String line) {
              super.println(line);
              if (line.contains("epoch ") && line.contains("loss") && ++reports == updates) {
                stop.ask();
              }
            }
          };
      var console = new Console(new PrintWriter(err), writer, false, false, 80);
      var training = new TrainingRun(run, config, task, console, stop, seconds());
      return anew ? training.begin() : training.run();
    } finally {
      said = err.toString();
    }
  }

  private RunFolder run(String name) throws IOException {
    return RunFolder.create(folder.resolve(name), false);
  }

  private static List<Report> reports(RunFolder run) throws IOException {
    var reports = new ArrayList<Report>();
    run.log().read(reports::add);
    return reports;
  }

  @Test
  void theRateRisesAndFallsWithTheTime() throws IOException {
    RunFolder run = run("run");
    RunConfig config = config(cosine(0.01, 1000), new LimitConfig(0, 0, BUDGET / 60.0, 0));
    assertNotNull(train(run, config, true, 0));
    List<Report> reports = reports(run);
    assertEquals(BUDGET, reports.getLast().update(), "an update a second");
    for (Report report : reports) {
      double time = seconds(report) / BUDGET;
      assertEquals(report.update(), seconds(report), 1e-9);
      double expected = 0.01 * Math.min(1, 10 * time) * (1 + Math.cos(Math.PI * time)) / 2;
      assertEquals(expected, report.rate(), 1e-12, report::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 29, 58})
  void goingOnGoesOnWithTheTimeThatIsLeft(int updates) throws IOException {
    RunConfig config = config(cosine(0.01, 5), new LimitConfig(0, 0, BUDGET / 60.0, 0)).named();
    RunFolder whole = run("whole");
    assertNotNull(train(whole, config, true, 0));
    RunFolder stopped = run("stopped");
    assertNull(train(stopped, config, true, updates));
    assertEquals(updates, stopped.checkpointUpdate());
    assertNotNull(train(stopped, config, false, 0));
    assertSame(whole, stopped);
    assertTrue(said.contains("100 %"), said);
  }

  private static void assertSame(RunFolder expected, RunFolder found) throws IOException {
    assertEquals(expected.checkpointUpdate(), found.checkpointUpdate());
    for (Path file : List.of(expected.figures(), expected.bestWeights())) {
      assertArrayEquals(
          Files.readAllBytes(file), Files.readAllBytes(found.path().resolve(file.getFileName())));
    }
    assertEquals(lines(expected), lines(found));
  }

  /** The reports without their speed. */
  private static List<String> lines(RunFolder run) throws IOException {
    return reports(run).stream()
        .map(
            report ->
                Json.line(
                    new Report(
                        report.update(),
                        report.step(),
                        report.epoch(),
                        report.loss(),
                        report.validation(),
                        report.gradientNorm(),
                        report.rate(),
                        null,
                        report.seconds())))
        .toList();
  }

  @Test
  void whereEpochsOrTimeEndTrainingTheRateFollowsWhatEndsItFirst() throws IOException {
    RunFolder run = run("run");
    RunConfig config = config(cosine(0.01, 0), new LimitConfig(2, 0, 1000, 0));
    assertNotNull(train(run, config, true, 0));
    List<Report> reports = reports(run);
    long total = reports.getLast().update();
    double expected = 0.01 * (1 + Math.cos(Math.PI * (total - 1) / total)) / 2;
    assertEquals(expected, reports.getLast().rate(), 1e-9);
  }

  /** Letters drawn at random can only be learned by heart. */
  @ParameterizedTest
  @ValueSource(ints = {0, 55})
  void whatOverfitsEndsEarlyAndSaysSo(int updates) throws IOException {
    RunConfig config = config(cosine(0.03, 0), new LimitConfig(100, 4, 0, 0)).named();
    RunFolder whole = run("whole");
    assertNotNull(train(whole, config, true, 0));
    assertTrue(said.contains("going back to the weights of update"), said);
    assertTrue(said.contains("it overfits: since update"), said);
    assertEquals(1, said.lines().filter(line -> line.contains("overfits")).count(), said);
    List<Report> reports = reports(whole);
    assertTrue(reports.getLast().epoch() < 100, "it ends early");
    assertTrue(reports.getLast().rate() < 0.03 * 0.02, "and the rate has fallen");
    if (updates > 0) {
      RunFolder stopped = run("stopped");
      assertNull(train(stopped, config, true, updates));
      assertNotNull(train(stopped, config, false, 0));
      assertSame(whole, stopped);
    }
  }

  @Test
  void withoutPatienceItOverfitsToTheEndAndSaysSo() throws IOException {
    RunFolder run = run("run");
    assertNotNull(train(run, config(cosine(0.03, 0), new LimitConfig(40, 0, 0, 0)), true, 0));
    assertTrue(said.contains("it overfits: since update"), said);
    assertTrue(said.contains("more data, --optimizer adamw"), said);
    RunFolder shorter = run("shorter");
    assertNotNull(train(shorter, config(cosine(0.003, 0), new LimitConfig(3, 0, 0, 0)), true, 0));
    assertFalse(said.contains("overfits"), said);
  }

  @Test
  void morePatienceThanHasRunOutGoesOn() throws IOException {
    RunFolder run = run("run");
    RunConfig config = config(cosine(0.03, 0), new LimitConfig(40, 4, 0, 0)).named();
    assertNotNull(train(run, config, true, 0));
    long ended = run.checkpointUpdate();
    assertNotNull(train(run, config, false, 0));
    assertEquals(ended, run.checkpointUpdate(), "nothing is left to do");
    RunConfig patient = config.with(config.requireTraining().with(new LimitConfig(40, 0, 0, 0)));
    assertNotNull(train(run, patient, false, 0));
    assertTrue(run.checkpointUpdate() > ended);
  }
}
