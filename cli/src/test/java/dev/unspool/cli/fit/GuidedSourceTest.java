// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.cli.run.ColumnRoles;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.HeldOut;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.OutputConfig;
import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.TableFile;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.lm.Residuals;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import dev.unspool.tbptt.Tbptt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the lanes of a training of a NARX model begin. */
final class GuidedSourceTest {
  private static final int ROWS = 100;
  private static final int PAST = 3;
  private static final int WARM_UP = 4;
  private static final int LEAD = PAST + WARM_UP;

  @TempDir Path folder;

  private PlantTask open(Identification feed, int rows, int warmUp) throws IOException {
    var random = new SplitMix64(1);
    var lines = new ArrayList<String>(List.of("u,y"));
    for (int row = 0; row < rows; row++) {
      lines.add(row + "," + random.nextDouble(-1, 1));
    }
    Path table = Files.write(folder.resolve("table.csv"), lines);
    var data =
        CsvConfig.of(
            TableFile.of(table, new TableFormat(',', '.', false)),
            ColumnRoles.of(List.of("u"), List.of("y")),
            OutputConfig.simulated(),
            SeriesScale.NONE,
            new HeldOut(0, 0));
    var freeRun = new NarxConfig.FreeRun(InitialOutputs.MEASURED, warmUp);
    var shape =
        new NarxConfig(
            null, List.of(3), List.of(0, 2), List.of(1, PAST), List.of(), feed, freeRun, null);
    return PlantTask.open(data, new Plant(shape, null));
  }

  @Test
  void eachLaneBeginsWithMeasuredRowsAndEachRowCountsOnce() throws IOException {
    try (PlantTask task = open(Identification.PARALLEL, ROWS, WARM_UP);
        BlockSource source = task.training(4)) {
      int perLane = Math.ceilDiv(ROWS - LEAD, 4);
      assertEquals(LEAD + perLane, source.steps());
      int[] counted = new int[ROWS];
      var block = Block.allocate(5, 4, source.inputs(), source.targets());
      int step = 0;
      for (int count = source.read(block, 5); count > 0; count = source.read(block, 5)) {
        for (int t = 0; t < count; t++, step++) {
          for (int lane = 0; lane < 4; lane++) {
            String where = "step %s of lane %s".formatted(step, lane);
            int row = lane * perLane + step;
            boolean there = row < ROWS;
            assertEquals(there ? row : 0, block.inputs().get(t, lane, 0), where);
            assertEquals(block.targets().get(t, lane, 0), block.inputs().get(t, lane, 1), where);
            assertEquals(step < PAST ? 1 : 0, block.inputs().get(t, lane, 2), where);
            assertEquals(there && step >= LEAD ? 1 : 0, block.mask().get(t, lane, 0), where);
            assertEquals(step == 0, block.events().begins(t, lane), where);
            if (there) {
              counted[row] += block.mask().get(t, lane, 0) > 0 ? 1 : 0;
            }
          }
        }
      }
      for (int row = 0; row < ROWS; row++) {
        assertEquals(row < LEAD ? 0 : 1, counted[row], "row " + row);
      }
    }
  }

  @Test
  void oneStepAheadSeesAllThatWasMeasured() throws IOException {
    try (PlantTask task = open(Identification.SERIES_PARALLEL, ROWS, WARM_UP);
        BlockSource source = task.training(2)) {
      var block = Block.allocate(50, 2, source.inputs(), source.targets());
      int count = source.read(block, 50);
      for (int t = 0; t < count; t++) {
        assertEquals(1, block.inputs().get(t, 1, 2), "step " + t);
      }
    }
  }

  /** Untruncated, over one lane, it is the problem that Levenberg-Marquardt solves. */
  @Test
  void theGradientIsThatOfTheFit() throws IOException {
    int rows = 40;
    for (Identification feed : Identification.values()) {
      try (PlantTask task = open(feed, rows, WARM_UP);
          BlockSource source = task.training(1)) {
        Parameters theta = task.initialise(new SplitMix64(5));
        var block = Block.allocate(rows, 1, source.inputs(), source.targets());
        assertEquals(rows, source.read(block, rows));
        float[] gradient;
        try (Tbptt engine =
            Tbptt.builder(task.program(), theta).truncation(rows, rows).loss(task.loss()).build()) {
          engine.forward(block);
          engine.sweep();
          gradient = engine.gradient().values().clone();
        }
        FitTask fit = FitTask.open(task.config(), task.plant());
        Residuals problem =
            fit.empty()
                .narx()
                .residuals(
                    List.of(fit.empty().series(fit.signals(), 0, rows)),
                    feed,
                    InitialOutputs.MEASURED,
                    Integer.MAX_VALUE);
        double[] expected = new double[gradient.length];
        problem.linearise(
            theta.toDoubles(),
            (_, residual, values, offset) -> {
              for (int p = 0; p < expected.length; p++) {
                expected[p] += 2 * residual * values[offset + p] / (rows - LEAD);
              }
            });
        for (int p = 0; p < expected.length; p++) {
          assertEquals(
              expected[p], gradient[p], 2e-5 * (1 + Math.abs(expected[p])), feed + " " + p);
        }
      }
    }
  }
}
