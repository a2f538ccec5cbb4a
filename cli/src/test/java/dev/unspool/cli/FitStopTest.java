// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.fit.DampingRule;
import dev.unspool.cli.fit.Feed;
import dev.unspool.cli.fit.FitData;
import dev.unspool.cli.fit.FitFigures;
import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitMethod;
import dev.unspool.cli.fit.FitRun;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.FitTraining;
import dev.unspool.cli.fit.ModelShape;
import dev.unspool.cli.fit.Normalising;
import dev.unspool.cli.fit.Signals;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.Stop;
import dev.unspool.narx.InitialOutputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fits that are stopped in their middle. */
final class FitStopTest {
  @TempDir Path folder;
  Path plant = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    plant = TinyPlant.table(folder.resolve("plant.csv"), 300, 1);
    run = folder.resolve("run");
  }

  /** Fits, and stops as soon as a line of progress contains a text. */
  private FitFigures fitUntil(String text) throws IOException {
    var shape = new ModelShape(null, List.of(4), List.of(0, 1), List.of(1, 2), List.of());
    var training =
        new FitTraining(
            FitMethod.LM,
            Feed.PARALLEL,
            InitialOutputs.MEASURED,
            40,
            3,
            6,
            0,
            0,
            DampingRule.NIELSEN,
            true,
            0,
            0,
            1);
    var data =
        new FitData(
            plant.toString(),
            null,
            ',',
            false,
            List.of("u"),
            List.of("y"),
            0.2,
            0.2,
            Normalising.STANDARD);
    try (Stop stop = Stop.onRequest()) {
      var err =
          new PrintWriter(new StringWriter()) {
            @Override
            public void println(String line) {
              if (line.contains(text)) {
                stop.ask();
              }
            }
          };
      var console = new Console(new PrintWriter(new StringWriter()), err, false, false, 80);
      return new FitRun(FitTask.open(data, shape, training), shape, training, console, stop)
          .run(() -> FitFolder.create(run, false));
    }
  }

  @Test
  void theBestModelSoFarIsKept() throws IOException {
    FitFigures figures = fitUntil("start 1 of 3");
    assertEquals("cancelled", figures.stopReason());
    assertTrue(figures.advice().contains("best model so far"), figures.advice());
    assertTrue(figures.iterations() > 0 && figures.iterations() <= 6, figures::toString);
    assertTrue(figures.standardErrors().contains("stopped"), figures.standardErrors());
    assertEquals(
        figures.train().rmse(),
        new FitFolder(run)
            .read(new FitFolder(run).readDescription())
            .simulate(signals(), 0, 180)
            .agreements()
            .getFirst()
            .rmse());
    assertFalse(Files.exists(run.resolve("simulation.png")), "no time for pictures");
    CommandRun.succeeds("simulate", "--model", run, "--csv", plant);
  }

  private Signals signals() throws IOException {
    return Signals.read(plant.toString(), ',', false, List.of("u"), List.of("y"));
  }

  @Test
  void beforeTheFirstIterationThereIsNoModel() {
    var stopped = assertThrows(RunException.class, () -> fitUntil("4 tanh"));
    assertTrue(String.valueOf(stopped.getMessage()).contains("no model yet"), stopped::toString);
    assertFalse(Files.exists(run), "nothing is left behind");
  }
}
