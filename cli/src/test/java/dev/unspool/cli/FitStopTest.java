// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.cli.fit.FitFigures;
import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitRun;
import dev.unspool.cli.fit.FitTask;
import dev.unspool.cli.fit.SavedPlant;
import dev.unspool.cli.fit.Signals;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.ColumnRoles;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.DampingRule;
import dev.unspool.cli.run.FitMethod;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.HeldOut;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.OutputConfig;
import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TableFile;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
    return fitUntil(text, false);
  }

  /** What ends a fit as a kill does: nothing that it has still to do is done. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private FitFigures fitUntil(String text, boolean kill) throws IOException {
    try (Stop stop = Stop.onRequest()) {
      return fit(
          stop,
          line -> {
            if (line.contains(text)) {
              if (kill) {
                throw new Killed();
              }
              stop.ask();
            }
          },
          _ -> {});
    }
  }

  /**
   * Fits.
   *
   * @param err told of every line for people
   * @param say told of the figures
   */
  private FitFigures fit(Stop stop, Consumer<String> err, Consumer<FitFigures> say)
      throws IOException {
    var shape =
        new NarxConfig(
            null,
            List.of(4),
            List.of(0, 1),
            List.of(1, 2),
            List.of(),
            Identification.PARALLEL,
            new NarxConfig.FreeRun(InitialOutputs.MEASURED, 0),
            null);
    var training =
        new FittingConfig(
            FitMethod.LM,
            new FittingConfig.Search(3, 6, 1),
            new FittingConfig.Limit(40, 0, 0),
            new FittingConfig.Rule(DampingRule.NIELSEN, true, null),
            0,
            null);
    var data =
        CsvConfig.of(
            TableFile.of(plant, new TableFormat(',', '.', false)),
            ColumnRoles.of(List.of("u"), List.of("y")),
            OutputConfig.simulated(),
            SeriesScale.STANDARD,
            new HeldOut(0.2, 0.2));
    var lines =
        new PrintWriter(Writer.nullWriter()) {
          @Override
          public void println(String line) {
            err.accept(line);
          }
        };
    var console = new Console(new PrintWriter(Writer.nullWriter()), lines, false, false, 80);
    return new FitRun(FitTask.open(data, new Plant(shape, null)), training, console, stop, say)
        .run(() -> FitFolder.create(run, false));
  }

  @Test
  void whatCannotBeWrittenForAWhileIsWrittenLater() throws IOException {
    var said = new ArrayList<String>();
    var figures = new ArrayList<FitFigures>();
    Path temporary = run.resolve("best.safetensors.tmp");
    Path inTheWay = temporary.resolve("full");
    try (Stop stop = Stop.onRequest()) {
      fit(
          stop,
          line -> {
            said.add(line);
            if (line.contains("start 1 of 3")) {
              assertTrue(inTheWay.toFile().mkdirs());
            } else if (line.contains("cannot be kept")) {
              assertTrue(inTheWay.toFile().delete() && temporary.toFile().delete());
            }
          },
          figures::add);
    }
    long warned = said.stream().filter(line -> line.contains("cannot be kept")).count();
    assertEquals(1, warned, said::toString);
    assertEquals(1, figures.size());
    assertFalse(CommandRun.succeeds("info", run).out().contains("unfinished"));
  }

  @Test
  void figuresAreSaidAlsoWhereTheyCannotBeWritten() {
    var figures = new ArrayList<FitFigures>();
    Path inTheWay = run.resolve("metrics.json/full");
    try (Stop stop = Stop.onRequest()) {
      assertThrows(
          IOException.class,
          () ->
              fit(
                  stop,
                  line -> {
                    if (line.contains("start 1 of 3")) {
                      assertTrue(inTheWay.toFile().mkdirs());
                    }
                  },
                  figures::add));
    }
    assertEquals(1, figures.size());
    CommandRun.succeeds("simulate", "--model", run, "--csv", plant);
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
        SavedPlant.read(new RunFolder(run))
            .model()
            .simulate(signals(), 0, 180)
            .agreements()
            .getFirst()
            .rmse());
    assertFalse(Files.exists(run.resolve("simulation.png")), "no time for pictures");
    CommandRun.succeeds("simulate", "--model", run, "--csv", plant);
  }

  private Signals signals() throws IOException {
    return Signals.read(plant, new TableFormat(',', '.', false), List.of("u"), List.of("y"));
  }

  @Test
  void beforeTheFirstIterationThereIsNoModel() {
    var stopped = assertThrows(RunException.class, () -> fitUntil("4 tanh"));
    assertTrue(String.valueOf(stopped.getMessage()).contains("no model yet"), stopped::toString);
    assertFalse(Files.exists(run), "nothing is left behind");
  }

  /** A folder as a kill in the second start leaves it. */
  private void cutOff() {
    assertThrows(Killed.class, () -> fitUntil("start 2 of 3", true));
  }

  @Test
  void whatWasCutOffCanBeUsed() {
    cutOff();
    CommandRun info = CommandRun.succeeds("info", run);
    assertTrue(
        info.out().contains("none yet: the fit is unfinished: best so far, of start "), info.out());
    assertTrue(info.out().contains("unspool resume " + run), info.out());
    JsonObject json = CommandRun.succeeds("info", run, "--json").json();
    assertTrue(json.getAsJsonObject("unfinished").get("iteration").getAsInt() > 0, info.out());
    CommandRun simulate = CommandRun.succeeds("simulate", "--model", run, "--csv", plant, "--json");
    assertTrue(simulate.err().contains("the fit is unfinished"), simulate.err());
    assertTrue(simulate.json().get("fit_percent").getAsDouble() > 0, simulate.out());
  }

  @Test
  void whatWasCutOffGoesOnFromTheBestSoFar() throws IOException {
    cutOff();
    double before = rmse(CommandRun.succeeds("info", run, "--json").json(), "unfinished");
    int logged = Files.readAllLines(run.resolve("metrics.jsonl")).size();
    Files.writeString(run.resolve("metrics.jsonl"), "{\"start\":2,\"it", StandardOpenOption.APPEND);
    CommandRun resumed = CommandRun.succeeds("resume", run);
    assertTrue(resumed.err().contains("going on from the weights of start "), resumed.err());
    assertTrue(resumed.err().contains("not go on bit for bit"), resumed.err());
    JsonObject json = CommandRun.succeeds("info", run, "--json").json();
    assertFalse(json.has("unfinished"), json::toString);
    JsonObject figures = json.getAsJsonObject("figures");
    assertTrue(rmse(figures, "valid") <= before, () -> before + " became " + figures);
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      CommandRun.json(line); // also where half a line was
    }
    assertTrue(Files.readAllLines(run.resolve("metrics.jsonl")).size() > logged);
    assertTrue(Files.exists(run.resolve("convergence.png")));
    assertFalse(CommandRun.succeeds("info", run).out().contains("unfinished"));
  }

  private static double rmse(JsonObject json, String name) {
    JsonObject part = json.getAsJsonObject(name);
    return part.get(part.has("validation") ? "validation" : "rmse").getAsDouble();
  }

  @Test
  void whatCannotGoOnIsLeftAlone() throws IOException {
    cutOff();
    byte[] weights = Files.readAllBytes(run.resolve("best.safetensors"));
    String line = "";
    for (String option : List.of("--lr", "--epochs", "--max-updates", "--checkpoint-every")) {
      line = CommandRun.fails(2, "resume", run, option, "3");
      assertTrue(line.contains(option + " does not go with") && line.contains("--data"), line);
    }
    Path other = TinyPlant.table(folder.resolve("other.csv"), 300, 2);
    line = CommandRun.fails(1, "resume", run, "--data", other);
    assertTrue(line.contains("other.csv is not what it was when the model was begun"), line);
    assertArrayEquals(weights, Files.readAllBytes(run.resolve("best.safetensors")));
    Path moved = Files.move(plant, folder.resolve("moved.csv"));
    line = CommandRun.fails(1, "resume", run);
    assertTrue(line.contains("plant.csv"), line);
    CommandRun.succeeds("resume", run, "--data", moved, "--patience", "5");
    line = CommandRun.fails(1, "resume", run);
    assertTrue(line.contains("has ended") && line.contains("unspool simulate"), line);
  }

  @Test
  void whatItsUserStoppedCanGoOn() throws IOException {
    fitUntil("start 2 of 3");
    CommandRun.succeeds("resume", run);
    assertTrue(CommandRun.fails(1, "resume", run).contains("has ended"));
  }
}
